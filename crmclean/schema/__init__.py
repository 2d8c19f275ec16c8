"""What the standard or the target would refuse: values before dedupe, golden records after it.

`checks.py` the pandera schemas and their issues · `facts.py` what fields say about each other.
"""

from crmclean.schema.checks import check_golden, check_values, golden_issues, load
from crmclean.schema.facts import DATED, newest, past, shared

__all__ = [
    "DATED",
    "check_golden",
    "check_values",
    "golden_issues",
    "load",
    "newest",
    "past",
    "shared",
]
