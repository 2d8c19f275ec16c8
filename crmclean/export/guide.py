"""IMPORT.md: what to click in that CRM, in which order, beginning with the backup.

The words stand in the catalogue (`guide.<family>`, one text per family of CRM); this module adds
the files, their rows and what the template's evidence is worth.
"""

from pathlib import Path

import pyarrow as pa

from crmclean.messages import entries, say
from crmclean.model import Object
from crmclean.templates import Template


def write(
    path: Path,
    files: pa.Table,
    template: Template,
    model: dict[str, Object],
    mode: str,
    language: str,
) -> None:
    """Write IMPORT.md. `files` is the table of export.write."""
    family = f"guide.{template.guide}"
    family = family if family in entries() else "guide.any"
    blocks = [
        say("guide.title", lang=language, crm=template.title),
        say("guide.backup", lang=language),
        say("guide.unverified", lang=language) if not template.verified else "",
        say(f"guide.pilot_{mode}", lang=language, files=_list(files, "pilot", model, language)),
        say(family, lang=language),
        say("guide.files", lang=language, files=_list(files, "import", model, language)),
        say("guide.after", lang=language),
    ]
    text = "\n\n".join(block.strip() for block in blocks if block.strip())
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _list(files: pa.Table, kind: str, model: dict[str, Object], language: str) -> str:
    lines = [
        f"{number}. `{row['path']}` · {model[row['object']].label[language]} · "
        + say("guide.rows", lang=language, count=row["rows"])
        for number, row in enumerate((r for r in files.to_pylist() if r["kind"] == kind), 1)
    ]
    return "\n".join(lines)
