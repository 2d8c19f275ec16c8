"""The command line: parse, call, print, exit. The only home of typer and rich.

`app.py` options and the way out of every error · `stages.py` profile, clean, dedupe, export, run ·
`look.py` init, inspect, rules, templates, explain, doctor · `decide.py` apply, verify, audit,
unmerge · `show.py` how things are printed, with `results.py` for runs, `descriptions.py` for
files and templates, `returns.py` for what came back · `progress.py` the bars while it works.

`crmclean --help` loads nothing but typer and rich: commands import what they need.
"""

from crmclean.cli.main import main

__all__ = ["main"]
