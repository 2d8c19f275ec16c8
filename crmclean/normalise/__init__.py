"""Mapped records → clean records, with every change and every issue written down.

`columns.py` runs the rules over whole columns · `places.py` parts of a cell that belong elsewhere.
"""

from crmclean.normalise.columns import Normalised, normalise

__all__ = ["Normalised", "normalise"]
