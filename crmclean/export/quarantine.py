"""quarantine.xlsx: held and rejected records with their reason, the source cells beside.

One sheet per source, in parts where it has more rows than a sheet holds. Reasons are said once per
distinct (end, reason, column), never per record: a big migration may hold tens of thousands.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.messages import advice, say, short
from crmclean.model import Object
from crmclean.plan import Plan, Source
from crmclean.run import Work
from crmclean.workbooks import MAX_ROWS, Col, Sheet, write

QUARANTINE = ("held", "rejected")
SOURCE_COLOUR = "#F2F2F2"
#: Sentences wrap.
WIDTHS = {"reason": 36, "do": 36}
#: Rows of a sheet under its title and header.
MOST = MAX_ROWS["xlsx"] - 3
#: Stands for the value while the words of a reason are made; no text of ours holds it.
HERE = "\x1e"


def quarantine(
    path: Path,
    crosswalk: pa.Table,
    issues: pa.Table,
    work: Work,
    plan: Plan,
    model: dict[str, Object],
    language: str,
) -> int:
    """Write quarantine.xlsx; returns how many records are in it."""
    out = crosswalk.filter(pc.is_in(crosswalk["end"], pa.array(QUARANTINE)))
    words = _words(out, issues, language) if out.num_rows else {}
    numbers = tables.sources_of(out["record"].combine_chunks())
    sheets: list[Sheet] = []
    for source in plan.sources:
        mine = pc.equal(numbers, source.number)
        if pc.any(mine).as_py():
            chosen = {name: values.filter(mine) for name, values in words.items()}
            rows = work.get(f"rows/{source.number}")
            sheets += _sheets(source, out.filter(mine), chosen, rows, model, language)
    if not sheets:
        heading = say("export.quarantine_empty", lang=language)
        sheets = [
            Sheet("quarantine", [Col(heading, 60)], pa.table({"c": pa.array([], pa.string())}))
        ]
    write(path, sheets)
    return out.num_rows


def _sheets(
    source: Source,
    out: pa.Table,
    words: dict[str, pa.Array],
    rows: pa.Table,
    model: dict[str, Object],
    language: str,
) -> Iterator[Sheet]:
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
    columns = [
        Col(say(f"export.{name}", lang=language), WIDTHS.get(name), wrap=name in WIDTHS)
        for name in ours
    ]
    columns += [Col(c.heading or f"c{c.number}", colour=SOURCE_COLOUR) for c in source.columns]
    table = pa.table(arrays, names=[str(n) for n in range(len(arrays))])
    for start in range(0, table.num_rows, MOST):
        part = table.slice(start, MOST)
        told = (
            say("export.quarantine_title", lang=language, count=part.num_rows).strip().splitlines()
        )
        yield Sheet(source.name, columns, part, told, freeze_to=columns[0].heading, printed=True)


def _words(out: pa.Table, issues: pa.Table, language: str) -> dict[str, pa.Array]:
    """end, reason and advice of each record in words; the reason names the column it is about."""
    column, value = _about(out, issues)
    facts = pc.binary_join_element_wise(
        out["end"].combine_chunks(),
        pc.fill_null(out["reason"].combine_chunks(), ""),
        pc.fill_null(column, ""),
        "\x1f",
    ).dictionary_encode()
    said = [_say(text, language) for text in facts.dictionary.to_pylist()]
    texts = [list(each) for each in zip(*said, strict=True)]
    end, reason, do, plain = (_filled(text, facts.indices, value) for text in texts)
    return {"end": end, "reason": pc.coalesce(reason, plain), "do": pc.coalesce(do, "")}


def _about(out: pa.Table, issues: pa.Table) -> tuple[pa.Array, pa.Array]:
    """For each record the column and value of the first issue that is its reason."""
    mine = pc.and_(
        pc.is_in(issues["code"], pc.unique(out["reason"]).drop_null()),
        pc.is_in(issues["record"], out["record"].combine_chunks()),
    )
    about = issues.filter(pc.and_(mine, pc.is_valid(issues["record"])))
    at = pc.index_in(
        _joined(out["object"], out["record"], out["reason"]),
        _joined(about["object"], about["record"], about["code"]),
    )
    return tuple(about[name].combine_chunks().take(at) for name in ("column", "value"))


def _filled(texts: list[str], which: pa.Array, values: pa.Array) -> pa.Array:
    """The text of each record with its value in the place that is kept for it; null where there
    is none."""
    split = [text.partition(HERE) for text in texts]
    before, mark, after = (pa.array(list(part), pa.string()) for part in zip(*split, strict=True))
    has_value = pc.equal(mark.take(which), HERE)
    shown = pc.if_else(has_value, values, "")
    return pc.binary_join_element_wise(before.take(which), shown, after.take(which), "")


def _say(text: str, language: str) -> tuple[str, str, str, str]:
    """The end, the reason, what to do, and the reason without the facts of a single case."""
    end, reason, column = text.split("\x1f")
    code = f"reason.{reason}" if reason and not reason.isupper() else reason
    facts = {"lang": language, "column": column, "value": HERE}
    words = say(code, **facts) if code else ""
    plain = short(code, language) if code else ""
    return say(f"end.{end}", lang=language), words, advice(code, **facts), plain


def _joined(*columns: pa.ChunkedArray) -> pa.Array:
    texts = [pc.fill_null(pc.cast(c.combine_chunks(), pa.string()), "") for c in columns]
    return pc.binary_join_element_wise(*texts, "\x1f")
