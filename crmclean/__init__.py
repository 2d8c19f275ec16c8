"""crmclean: legacy files in, import files that the target CRM accepts out.

Nothing lost, nothing invented, every cell explained. Read `pipeline.py` first: it is the
whole program in one page.
"""

from crmclean import processor

__version__ = "0.1.0"

processor.sort_fast()
