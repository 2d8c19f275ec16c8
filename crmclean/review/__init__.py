"""Workbooks in which people decide: possible duplicates, customers that several people claim, and
values that a rule suggests.

One row per decision and a drop-down for the verdict. `apply` reads them back by their hidden columns
and never by place: `left`, `right` and `seen` for a pair, `record` for an owner conflict, `suggested`
for a value. Values stand unmasked, a masked person cannot be decided on.
"""

from pathlib import Path
from typing import Any

from crmclean import workbooks
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.review import owners, pairs, suggestions
from crmclean.review.suggestions import find as find_suggestions

__all__ = ["find_suggestions", "write"]


def write(
    work: Any, plan: Plan, project: Project, model: dict[str, Object], folder: Path
) -> list[Path]:
    """Write duplicates.xlsx, owner_conflicts.xlsx and suggestions.xlsx into `folder`, each only where
    something is to be decided; their paths. Raises OutputRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {
        "duplicates.xlsx": pairs.sheets(work, plan, model, project.language),
        "owner_conflicts.xlsx": owners.sheets(work, plan, model, project.language),
        "suggestions.xlsx": suggestions.sheets(work, plan, model, project.language),
    }
    for name, found in sheets.items():
        if found:
            workbooks.write(folder / name, found)
    return [folder / name for name, found in sheets.items() if found]
