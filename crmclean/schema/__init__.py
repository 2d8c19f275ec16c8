"""What the standard or the target would refuse: values before dedupe, golden records after it.

`checks.py` the pandera schemas and their issues · `facts.py` what fields say about each other.
"""

from crmclean.schema.checks import check_golden, check_values

__all__ = ["check_golden", "check_values"]
