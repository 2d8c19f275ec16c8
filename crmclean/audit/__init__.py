"""The accuracy audit: draw a sample, let people judge it, say what the verdicts prove.

`populations.py` what can be drawn from · `form.py` the draw and the workbook · `scoring.py` the returned workbook · `proof.py` the bounds ·
`plans.py` how many it takes to prove 98 % · `results.py` the results, for the report.
"""

from crmclean.audit.form import sample
from crmclean.audit.plans import size
from crmclean.audit.results import latest, remember
from crmclean.audit.scoring import Result, certificate, score, write_certificate

__all__ = [
    "Result",
    "certificate",
    "latest",
    "remember",
    "sample",
    "score",
    "size",
    "write_certificate",
]
