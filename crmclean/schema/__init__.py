"""What the standard or the target would refuse: values before dedupe, golden records after it.

`checks.py` both moments · `values.py` single values, `dates.py` dates, `facts.py` what fields say
about each other · `validate.py` what pandera makes of a check, and the issues.
"""

from crmclean.schema.checks import check_golden, check_values, golden_issues
from crmclean.schema.dates import DATED, newest, past
from crmclean.schema.facts import shared
from crmclean.schema.validate import load

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
