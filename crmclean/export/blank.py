"""An empty template for people to type into: headings, required marks, drop-downs, an example."""

from pathlib import Path

import pyarrow as pa

from crmclean.messages import say
from crmclean.model import shipped_model
from crmclean.templates import Column, ObjectTemplate, Template, with_columns
from crmclean.workbooks import Col, Sheet, write

FORMS = ("date", "datetime", "mobile", "owner", "reference", "industry")


def blank(template: Template, path: Path, language: str) -> None:
    """Write an .xlsx with one sheet per object of the template. Raises OutputRefused."""
    sheets = [_sheet(spec, language) for spec in template.objects.values()]
    write(path, sheets)


def _sheet(spec: ObjectTemplate, language: str) -> Sheet:
    owner = shipped_model()[spec.object]
    columns = with_columns(spec, owner, language)
    shown = [
        Col(c.heading, choices=c.picklist, note=_note(c, language), required=c.required)
        for c in columns
    ]
    example = [pa.array([c.example or None], pa.string()) for c in columns]
    rows = pa.table(example, names=[str(n) for n in range(len(columns))])
    title = (spec.note,) if spec.note else ()
    return Sheet(
        spec.sheet or owner.label[language], shown, rows, title, spec.header_row, filter=False
    )


def _note(column: Column, language: str) -> str:
    notes = [say("export.note_required", lang=language)] if column.required else []
    if column.form in FORMS:
        notes.append(say(f"export.note_{column.form}", lang=language))
    if column.max_length:
        notes.append(say("export.note_length", lang=language, count=column.max_length))
    return "\n".join(notes)
