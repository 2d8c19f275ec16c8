"""Mapped records → clean records, with every change and every issue written down.

`columns.py` runs the rules over whole columns · `answers.py` what they say of distinct values ·
`cells.py` what lies on the desk meanwhile · `places.py` where parts of a cell go · `issues.py`
what a person should look at.
"""

from crmclean.normalise.columns import Normalised, normalise

__all__ = ["Normalised", "normalise"]
