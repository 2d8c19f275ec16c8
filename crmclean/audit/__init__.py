"""The accuracy audit: draw a sample, let people judge it, say what the verdicts prove.

`form.py` the draw and the workbook · `scoring.py` the returned workbook · `proof.py` the bounds ·
`plans.py` how many it takes to prove 98 %.
"""

from crmclean.audit.form import sample
from crmclean.audit.scoring import Result, certificate, score

__all__ = ["Result", "certificate", "sample", "score"]
