"""IMPORT.md: what to click in that CRM, in which order, beginning with the backup.

The words stand in the catalogue (`guide.<family>`, one text per family of CRM); this module adds
what the files themselves tell: what must be in the CRM before (preparation.py), the files, their
rows, how they were split, and what the template's evidence is worth.
"""

import re
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export import preparation
from crmclean.export.parts import Fitted
from crmclean.messages import entries, say
from crmclean.model import Object
from crmclean.project import Pilot
from crmclean.templates import Template


def write(
    path: Path,
    files: pa.Table,
    fitted: Fitted,
    template: Template,
    model: dict[str, Object],
    pilot: Pilot,
    units: int,
    language: str,
) -> None:
    """Write IMPORT.md. `files` is the table of export.write, `units` the customers of the pilot."""
    family = f"guide.{template.guide}"
    family = family if family in entries() else "guide.any"
    listed = {kind: _list(files, kind, model, language) for kind in ("pilot", "import")}
    before = preparation.blocks(fitted, template, model, language)
    blocks = [
        say("guide.title", lang=language, crm=template.title),
        say("guide.backup", lang=language),
        say("guide.unverified", lang=language) if not template.verified else "",
        say("guide.prepare", lang=language) if before else "",
        *before,
        say(f"guide.pilot_{pilot.mode}", lang=language, files=listed["pilot"], units=units)
        if units
        else "",
        say(family, lang=language),
        say("guide.files", lang=language, files=listed["import"]),
        *_splits(files, template, model, language),
        say("guide.after", lang=language),
    ]
    text = "\n\n".join(block.strip() for block in blocks if block.strip())
    path.write_text(_numbered(text) + "\n", encoding="utf-8", newline="\n")


def _numbered(text: str) -> str:
    """The headings of the second level as steps 1, 2, 3."""
    number = count(1)
    return re.sub(r"(?m)^## ", lambda _: f"## {next(number)}. ", text)


def _list(files: pa.Table, kind: str, model: dict[str, Object], language: str) -> str:
    lines = [
        f"{number}. `{row['path']}` · {model[row['object']].label[language]} · "
        + say("guide.rows", lang=language, count=row["rows"])
        for number, row in enumerate((r for r in files.to_pylist() if r["kind"] == kind), 1)
    ]
    return "\n".join(lines)


def _splits(
    files: pa.Table, template: Template, model: dict[str, Object], language: str
) -> list[str]:
    """Which objects were split because the CRM takes no more rows at a time."""
    main = files.filter(pc.equal(files["kind"], "import"))
    full = set(zip(main["object"].to_pylist(), main["rows"].to_pylist(), strict=True))
    facts = [
        {"object": model[name].label[language], "rows": spec.max_rows}
        for name, spec in template.objects.items()
        if (name, spec.max_rows) in full
    ]
    return [say("guide.split", lang=language, **each) for each in facts]
