"""Mapped records → clean records, with every change and every issue written down.

`columns.py` runs the rules over whole columns · `repeated.py` those that say the same few things ·
`answers.py` what rules say of distinct values · `desk.py` the records meanwhile · `cells.py` what
lies on it · `places.py` where parts of a cell go · `issues.py` what a person should look at.
"""

from crmclean.normalise.columns import Normalised, normalise

__all__ = ["Normalised", "normalise"]
