"""What does not go into the CRM, and how to take back what does.

quarantine.xlsx: held and rejected records with their reason, the source cells beside ·
not_migrated.csv: filled fields without a column · rollback/: for every import file the keys of its
records, to find and delete them again.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.export.files import File
from crmclean.messages import advice, say
from crmclean.model import Object
from crmclean.plan import Plan, Source
from crmclean.run import Work
from crmclean.workbooks import Col, Sheet, write

QUARANTINE = ("held", "rejected")
#: Stands where a reason has no value to show.
NO_VALUE = "—"
SOURCE_COLOUR = "#F2F2F2"


def quarantine(
    path: Path,
    crosswalk: pa.Table,
    issues: pa.Table,
    work: Work,
    plan: Plan,
    model: dict[str, Object],
    language: str,
) -> int:
    """Write quarantine.xlsx, one sheet per source; returns how many records are in it."""
    out = crosswalk.filter(pc.is_in(crosswalk["end"], pa.array(QUARANTINE)))
    words = _words(out, issues, language)
    sheets = []
    for source in plan.sources:
        mine = np.asarray(
            pc.equal(tables.sources_of(out["record"].combine_chunks()), source.number)
        )
        if mine.any():
            mask = pa.array(mine)
            rows = work.get(f"rows/{source.number}")
            chosen = {name: values.filter(mask) for name, values in words.items()}
            sheets.append(_sheet(source, out.filter(mask), chosen, rows, model, language))
    if not sheets:
        heading = say("export.quarantine_empty", lang=language)
        sheets = [
            Sheet("quarantine", [Col(heading, 60)], pa.table({"c": pa.array([], pa.string())}))
        ]
    write(path, sheets)
    return out.num_rows


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


def _sheet(
    source: Source,
    out: pa.Table,
    words: dict[str, pa.Array],
    rows: pa.Table,
    model: dict[str, Object],
    language: str,
) -> Sheet:
    """The records of one source that are out: end, reason, what to do; then the row as read."""
    numbers = tables.rows_of(out["record"].combine_chunks())
    at = pc.index_in(numbers, rows["row"].combine_chunks())
    cells = rows.take(at)
    labels = {name: owner.label[language] for name, owner in model.items()}
    objects = pc.dictionary_encode(out["object"].combine_chunks())
    named = pa.array([labels.get(name, name) for name in objects.dictionary.to_pylist()])
    arrays = [words["end"], words["reason"], words["do"], named.take(objects.indices)]
    arrays += [pc.cast(numbers, pa.string()), *(cells[f"c{c.number}"] for c in source.columns)]
    ours = ("end", "reason", "do", "object", "row")
    columns = [Col(say(f"export.{name}", lang=language)) for name in ours]
    columns += [Col(c.heading or f"c{c.number}", colour=SOURCE_COLOUR) for c in source.columns]
    table = pa.table(arrays, names=[str(n) for n in range(len(arrays))])
    return Sheet(source.name, columns, table)


def _words(out: pa.Table, issues: pa.Table, language: str) -> dict[str, pa.Array]:
    """end, reason and advice of each record in words; the reason names the column it is about."""
    about = issues.filter(pc.is_valid(issues["record"])).select(
        ["object", "record", "code", "column", "value"]
    )
    about = about.group_by(["object", "record", "code"], use_threads=False).aggregate(
        [("column", "first"), ("value", "first")]
    )
    key = _joined(about["object"], about["record"], about["code"])
    mine = _joined(out["object"], out["record"], out["reason"])
    at = pc.index_in(mine, key)
    column = about["column_first"].combine_chunks().take(at)
    value = about["value_first"].combine_chunks().take(at)
    facts = pc.dictionary_encode(
        pc.binary_join_element_wise(
            out["end"].combine_chunks(),
            pc.fill_null(out["reason"].combine_chunks(), ""),
            pc.fill_null(column, ""),
            pc.fill_null(value, NO_VALUE),
            "\x1f",
        )
    )
    said = [_say(text, language) for text in facts.dictionary.to_pylist()]
    return {
        name: pa.array([entry[place] for entry in said], pa.string()).take(facts.indices)
        for place, name in enumerate(("end", "reason", "do"))
    }


def _say(text: str, language: str) -> tuple[str, str, str]:
    end, reason, column, value = text.split("\x1f")
    code = f"reason.{reason}" if reason and not reason.isupper() else reason
    words = say(code, lang=language, column=column, value=value) if code else ""
    return (
        say(f"end.{end}", lang=language),
        words,
        advice(code, lang=language, column=column, value=value),
    )


def _joined(*columns: pa.ChunkedArray) -> pa.Array:
    texts = [pc.fill_null(pc.cast(c.combine_chunks(), pa.string()), "") for c in columns]
    return pc.binary_join_element_wise(*texts, "\x1f")


def _harmless(text: str) -> str:
    """A label that no spreadsheet takes for a formula (trust.md 4.2)."""
    return f"'{text}" if text[:1] in "=+-@|%\t＝＋－＠" else text
