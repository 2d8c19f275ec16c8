"""For CI: is this month's data good enough, and what is different from last month?

`summary.py` a run as counts, without personal data · `gates.py` the limits of crmclean.yaml ·
`drift.py` two summaries compared · `customers.py` who is new, gone or changed ·
`findings.py` what is found, its severity and waivers · `history.py` one line per run ·
`formats/` findings as text, json, junit, sarif, github, markdown: the folder is the registry.
"""

from crmclean.check.summary import layout, summary

__all__ = ["layout", "summary"]
