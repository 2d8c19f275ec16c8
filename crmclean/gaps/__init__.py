"""What is missing after duplicates were joined, whose it is to fill, and taking it back.

    asked         the model, with what the target requires besides
    missing       golden records → one row per missing required value
    completeness  golden records → filled and total, per field, source system and owner
    write         gaps → one workbook per owner with exactly the cells to fill
    files         gaps → the names of those workbooks, and how much each asks for
    apply_fills   filled values that came back → golden records, while the source is still empty

Gaps are looked for on golden records, so that nobody is asked for what a duplicate already holds.
"""

from crmclean.gaps.asked import asked
from crmclean.gaps.fills import apply_fills
from crmclean.gaps.find import GAPS, completeness, missing, recounted
from crmclean.gaps.lists import CODED, files
from crmclean.gaps.write import columns, write

__all__ = [
    "CODED",
    "GAPS",
    "apply_fills",
    "asked",
    "columns",
    "completeness",
    "files",
    "missing",
    "recounted",
    "write",
]
