"""What the CRM now holds against what was sent, cell by cell; and a file of what failed.

An export is matched to the sent rows by key and reported as lost, extra, doubled, changed,
truncated, blanked or added. Equal rows are taken out first, as
multisets over whole rows: counts, sums or single columns would miss values that changed places. An error file (first or last column
says why) becomes a retry file with the failed rows alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import eq
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import InputRefused
from crmclean.export import files
from crmclean.export.cells import by_distinct
from crmclean.headings import plain
from crmclean.templates import ObjectTemplate, Template
from crmclean.workbooks import Col, Sheet, reread, write

#: Headings of the column that says why a row failed: 悟空CRM (three lines), Salesforce.
REASONS = ("错误原因", "错误原因导入时需删除本列", "错误信息", "sferror", "error")
LOOK = 5
KINDS = ("lost", "extra", "doubled", "changed", "truncated", "blanked", "added")
Row = tuple[str | None, ...]
SEPARATOR, NULL = "\x1f", "\x00"
ISO = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?")
DECIMAL = re.compile(r"\d+\.0+")


@dataclass(frozen=True)
class Difference:
    """One finding: `kind`, the key of the row, and for a cell its heading and both values."""

    kind: str
    key: str
    column: str = ""
    sent: str | None = None
    found: str | None = None


@dataclass
class Verified:
    """`right`: nothing that was sent is lost, doubled or different (rows that the CRM had before
    are extra and do no harm). For an error file `failed` counts its rows and `retry` names the
    file to import again."""

    object: str
    sent: int
    found: int
    differences: list[Difference] = field(default_factory=list)
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    retry: Path | None = None
    report: Path | None = None

    @property
    def counts(self) -> dict[str, int]:
        tally = Counter(each.kind for each in self.differences)
        return {kind: tally[kind] for kind in KINDS}

    @property
    def right(self) -> bool:
        return not self.failed and all(each.kind == "extra" for each in self.differences)


def verify(
    path: Path, sent_files: pa.Table, folder: Path, template: Template, kind: str = "import"
) -> Verified:
    """Compare an export or error file of the CRM with the files that were sent.

    `sent_files`: the `files` table of export.write, whose paths are relative to `folder`; `kind`:
    import or pilot. Writes the retry file or the list of differences beside `path`. Raises
    InputRefused (VERIFY_UNREADABLE, VERIFY_NO_MATCH).
    """
    rows = _read(path)
    header, name = _recognised(rows, template, path)
    headings = [text or "" for text in rows[header]]
    sent = _sent(sent_files, folder, template.objects[name], name, kind)
    if sent is None:
        raise InputRefused("VERIFY_NO_MATCH", file=path.name)
    body = [tuple(row) for row in rows[header + 1 :] if any(cell for cell in row)]
    reason = next((n for n, text in enumerate(headings) if plain(text) in REASONS), None)
    if reason is not None:
        return _retry(path, headings, body, reason, sent, template.objects[name])
    result = compare(headings, body, sent, template.objects[name])
    if not result.right:
        result.report = _report(path, result)
    return result


def compare(
    headings: list[str], body: Sequence[Row], sent: pa.Table, spec: ObjectTemplate
) -> Verified:
    """The rows of an export against the sent table, on the columns that both have."""
    places = {plain(text): n for n, text in enumerate(headings) if text}
    shared = [h for h in sent.column_names if plain(h) in places]
    there = list(zip(*body, strict=True)) if body else [()] * len(headings)
    want = [_neutral(sent[h].combine_chunks()) for h in shared]
    have = [_neutral(pa.array(there[places[plain(h)]], pa.string())) for h in shared]
    result = Verified(spec.object, sent.num_rows, len(body))
    if not shared:
        return result
    missing, surplus = _unequal(_joined(want), _joined(have))
    key = _key(shared, spec)
    known = _known(_joined([pc.utf8_lower(want[n]) for n in key]), surplus, key)
    result.differences = list(_differences(missing, surplus, known, key, shared))
    return result


def _unequal(want: pa.Array, have: pa.Array) -> tuple[list[Row], list[Row]]:
    """What is left of both after equal rows are taken out, each as often as it stands there."""
    signs = np.concatenate([np.ones(len(want), np.int64), -np.ones(len(have), np.int64)])
    both = pa.table({"row": pa.concat_arrays([want, have]), "n": signs})
    left = both.group_by("row", use_threads=False).aggregate([("n", "sum")])
    left = left.filter(pc.not_equal(left["n_sum"], 0)).to_pylist()
    missing = [_row(each["row"]) for each in left for _ in range(each["n_sum"])]
    surplus = [_row(each["row"]) for each in left for _ in range(-each["n_sum"])]
    return missing, surplus


def _differences(
    missing: list[Row], surplus: list[Row], known: set[Row], key: list[int], shared: list[str]
) -> Iterator[Difference]:
    """Rows of one key are compared cell by cell, the most alike with one another."""
    expected, there = _by_key(missing, key), _by_key(surplus, key)
    for named in sorted(expected.keys() | there.keys(), key=str):
        gone, new = expected.get(named, []), there.get(named, [])
        shown = " · ".join(value or "" for value in named)
        while gone and new:
            row = gone.pop(0)
            other = max(new, key=lambda each: sum(map(eq, row, each)))
            new.remove(other)
            for heading, sent, found in zip(shared, row, other, strict=True):
                if sent != found:
                    yield Difference(_kind(sent, found), shown, heading, sent, found)
        yield from (Difference("lost", shown) for _ in gone)
        yield from (Difference("doubled" if named in known else "extra", shown) for _ in new)


def _known(keys: pa.Array, surplus: list[Row], key: list[int]) -> set[Row]:
    """Which of the surplus rows have a key that was sent."""
    asked = sorted({_key_of(row, key) for row in surplus}, key=str)
    texts = pa.array(
        [SEPARATOR.join(NULL if v is None else v for v in each) for each in asked], pa.string()
    )
    found = pc.is_in(texts, keys).to_pylist()
    return {each for each, is_there in zip(asked, found, strict=True) if is_there}


def _by_key(rows: list[Row], key: list[int]) -> dict[Row, list[Row]]:
    found: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        found[_key_of(row, key)].append(row)
    return found


def _key_of(row: Row, key: list[int]) -> Row:
    return tuple(row[n] and row[n].lower() for n in key)


def _joined(columns: list[pa.Array]) -> pa.Array:
    return pc.binary_join_element_wise(*[pc.fill_null(c, NULL) for c in columns], SEPARATOR)


def _row(joined: str) -> Row:
    return tuple(None if cell == NULL else cell for cell in joined.split(SEPARATOR))


def _kind(sent: str | None, found: str | None) -> str:
    if sent is None:
        return "added"
    if found is None:
        return "blanked"
    return "truncated" if sent.startswith(found) else "changed"


def _key(shared: list[str], spec: ObjectTemplate) -> list[int]:
    """The columns that name a row: our own id, else a code, else names and what they belong to."""
    by_field = {c.field or c.form: n for n, h in enumerate(shared) for c in spec.columns
                if plain(c.heading) == plain(h)}  # fmt: skip
    for choice in (("id",), ("name", "customer"), ("name",), ("customer", "at"), ("customer",)):
        if all(name in by_field for name in choice):
            return [by_field[name] for name in choice]
    return [0]


def _neutral(values: pa.Array) -> pa.Array:
    return by_distinct(values, _meaning)


def _meaning(value: str) -> str | None:
    """A cell without what every CRM may write differently and means the same: line ends, a time
    of midnight, seconds of zero, zeros behind the decimal point.

    >>> _meaning("2025-03-01 00:00:00"), _meaning("500.00"), _meaning("0500")
    ('2025-03-01', '500', '0500')
    """
    if ISO.fullmatch(value):
        value = value.removesuffix(":00") if len(value) == 19 else value
        return value.removesuffix(" 00:00")
    if DECIMAL.fullmatch(value):
        return value.partition(".")[0]
    return value.replace("\r\n", "\n").replace("\r", "\n") or None


def _sent(
    made: pa.Table, folder: Path, spec: ObjectTemplate, name: str, kind: str
) -> pa.Table | None:
    """All sent rows of one object; files of the pool have the same columns under their names."""
    mine = pc.and_(pc.equal(made["object"], name), pc.equal(made["kind"], kind))
    parts = [files.read_back(folder / path, spec) for path in made["path"].filter(mine).to_pylist()]
    if not parts:
        return None
    headings = parts[0].column_names
    same = [part.rename_columns(headings) for part in parts if part.num_columns == len(headings)]
    return pa.concat_tables(same)


def _read(path: Path) -> list[list[str | None]]:
    import csv

    try:
        if path.suffix.lower() in (".csv", ".txt"):
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return [[cell or None for cell in row] for row in csv.reader(lines)]
        return reread.cells(path)
    except Exception as error:
        raise InputRefused("VERIFY_UNREADABLE", file=path.name) from error


def _recognised(rows: list[list[str | None]], template: Template, path: Path) -> tuple[int, str]:
    """The header row and the object whose headings it has most of."""
    best = (0.0, 0, "")
    for number, row in enumerate(rows[:LOOK]):
        seen = {plain(text) for text in row if text}
        for name, spec in template.objects.items():
            known = {plain(c.heading) for c in spec.columns} or seen
            best = max(best, (len(seen & known) / len(known), -number, name))
    if best[0] < 0.3:
        raise InputRefused("VERIFY_NO_MATCH", file=path.name)
    return -best[1], best[2]


def _retry(
    path: Path,
    headings: list[str],
    body: list[Row],
    reason: int,
    sent: pa.Table,
    spec: ObjectTemplate,
) -> Verified:
    """The failed rows in the very form of the import file, beside the error file."""
    places = {plain(text): n for n, text in enumerate(headings) if text}
    at = [places.get(plain(h)) for h in sent.column_names]
    failed = [[row[n] if n is not None and n < len(row) else None for n in at] for row in body]
    columns = list(zip(*failed, strict=True)) if failed else [()] * len(at)
    rows = pa.table(
        [pa.array(c, pa.string()) for c in columns], names=[str(n) for n in range(len(at))]
    )
    form = "xls" if spec.format == "xls" else "xlsx"
    retry = path.with_name(f"{path.stem}_retry.{form}")
    title = (spec.note,) if spec.note else ()
    shown = [Col(h) for h in sent.column_names]
    write(retry, [Sheet(spec.sheet or "Sheet1", shown, rows, title, spec.header_row)], form)
    reasons = Counter(row[reason] or "" for row in body)
    tally = dict(reasons.most_common())
    return Verified(spec.object, sent.num_rows, 0, [], len(body), tally, retry)


def _report(path: Path, result: Verified) -> Path:
    """All differences as a workbook beside the CRM's file."""
    report = path.with_name(f"{path.stem}_differences.xlsx")
    names = ("kind", "key", "column", "sent", "found")
    rows = pa.table(
        {n: pa.array([getattr(each, n) for each in result.differences], pa.string()) for n in names}
    )
    write(report, [Sheet("differences", [Col(name) for name in names], rows)])
    return report
