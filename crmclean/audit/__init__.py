"""The accuracy audit: draw a sample, let people judge it, say what the verdicts prove.

`form.py` the draw and the workbook · `scoring.py` the returned workbook · `proof.py` the statistics.
"""

from crmclean.audit.form import sample
from crmclean.audit.scoring import Result, score

__all__ = ["Result", "sample", "score"]
