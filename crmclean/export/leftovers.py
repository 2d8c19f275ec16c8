"""What has no place in the CRM, and how to take back what has.

not_migrated.csv: filled fields without a column · rollback/: for every import file the keys of its
records, to find and delete them again. Records that stay out: quarantine.py.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from crmclean.export.files import File
from crmclean.messages import say
from crmclean.model import Object
from crmclean.workbooks import Col, Sheet, write


def not_migrated(path: Path, unplaced: pa.Table, model: dict[str, Object], language: str) -> None:
    """Write not_migrated.csv: object, field, how many values, and what was decided."""
    headings = [
        say(f"export.{name}", lang=language) for name in ("object", "field", "filled", "decision")
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        for row in unplaced.to_pylist():
            decision = say(f"export.placed_{row['decision'] or 'open'}", lang=language)
            label = model[row["object"]].label[language]
            writer.writerow([label, _harmless(row["label"]), row["filled"], decision])


def rollback(written: Sequence[File], folder: Path, language: str) -> None:
    """For each import file, `rollback/<same name>.xlsx` with the keys of its records."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in written:
        keys = [
            c for c in each.part.columns if c.field in ("code", "name", "customer", "owner", "at")
        ]
        rows = pa.table(
            [each.part.golden, *(each.part.rows[c.heading] for c in keys)],
            names=[str(n) for n in range(len(keys) + 1)],
        )
        first = Col(say("export.golden", lang=language), 24)
        columns = [first, *(Col(c.heading) for c in keys)]
        name = say("export.rollback", lang=language)
        write(folder / f"{each.path.stem}.xlsx", [Sheet(name, columns, rows)])


def _harmless(text: str) -> str:
    """A label that no spreadsheet takes for a formula (trust.md 4.2)."""
    return f"'{text}" if text[:1] in "=+-@|%\t＝＋－＠" else text
