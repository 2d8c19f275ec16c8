"""What the CRM now holds against what was sent; and a file of what failed.

An export of the CRM is compared with the sent rows cell by cell (compare.py). An error file (its
first or last column says why) becomes a retry file with the failed rows alone. For the audit,
`held` finds the row of the CRM that a golden record has become.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import InputRefused
from crmclean.export.compare import Row, Verified, compare, joined, key_of, neutral
from crmclean.export.parts import Part
from crmclean.export.proof import read_back
from crmclean.headings import plain
from crmclean.templates import ObjectTemplate, Template
from crmclean.workbooks import Col, Sheet, reread, write

#: Headings of the column that says why a row failed: 悟空CRM (three lines), Salesforce.
REASONS = ("错误原因", "错误原因导入时需删除本列", "错误信息", "sferror", "error")
LOOK = 5


def verify(
    path: Path, sent_files: pa.Table, folder: Path, template: Template, kind: str = "import"
) -> Verified:
    """Compare an export or error file of the CRM with the files that were sent.

    `sent_files`: the `files` table of export.write, whose paths are relative to `folder`; `kind`:
    import or pilot. Writes the retry file or the list of differences beside `path`. Raises
    InputRefused (FILE_MISSING, VERIFY_UNREADABLE, VERIFY_NO_MATCH).
    """
    rows = _read(path)
    told = _headings(sent_files, folder, template, kind)
    header, name = _recognised(rows, told, path)
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


def held(path: Path, parts: list[Part], template: Template) -> Callable[[str], str | None]:
    """A function from a golden id to what an export of the CRM holds of it, as lines, found by
    its key; None where it holds nothing. Raises InputRefused."""
    rows = _read(path)
    told = {part.object: {plain(h) for h in part.rows.column_names} for part in parts}
    header, name = _recognised(rows, told, path)
    headings, body = [text or "" for text in rows[header]], rows[header + 1 :]
    places = {plain(text): n for n, text in enumerate(headings) if text}
    row_of: dict[str, int] = {}
    for part in (part for part in parts if part.object == name):
        shared = [h for h in part.rows.column_names if plain(h) in places]
        named = [shared[n] for n in key_of(shared, part.spec)]
        ours = [pc.utf8_lower(neutral(part.rows[h].combine_chunks())) for h in named]
        cells = [[row[places[plain(h)]] for row in body] for h in named]
        theirs = [pc.utf8_lower(neutral(pa.array(column, pa.string()))) for column in cells]
        at = pc.index_in(joined(ours), joined(theirs)).to_pylist()
        row_of |= dict(zip(part.golden.to_pylist(), at, strict=True))

    def lines(golden: str) -> str | None:
        place = row_of.get(golden)
        if place is None:
            return None
        filled = zip(headings, body[place], strict=False)
        return "\n".join(f"{heading}：{cell}" for heading, cell in filled if cell)

    return lines


def _sent(
    made: pa.Table, folder: Path, spec: ObjectTemplate, name: str, kind: str
) -> pa.Table | None:
    """All sent rows of one object; files of the pool have the same columns under their names."""
    mine = pc.and_(pc.equal(made["object"], name), pc.equal(made["kind"], kind))
    parts = [read_back(folder / path, spec) for path in made["path"].filter(mine).to_pylist()]
    if not parts:
        return None
    headings = parts[0].column_names
    same = [part.rename_columns(headings) for part in parts if part.num_columns == len(headings)]
    return pa.concat_tables(same)


def _read(path: Path) -> list[list[str | None]]:
    import csv

    if not path.is_file():
        raise InputRefused("FILE_MISSING", file=path, near="")
    try:
        if path.suffix.lower() in (".csv", ".txt"):
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return [[cell or None for cell in row] for row in csv.reader(lines)]
        return reread.cells(path)
    except Exception as error:
        raise InputRefused("VERIFY_UNREADABLE", file=path.name) from error


def _headings(made: pa.Table, folder: Path, template: Template, kind: str) -> dict[str, set[str]]:
    """The headings of each object: of its template, or of its file where the model gives them."""
    found: dict[str, set[str]] = {}
    for name, spec in template.objects.items():
        sent = None if spec.columns else _sent(made, folder, spec, name, kind)
        names = sent.column_names if sent is not None else [c.heading for c in spec.columns]
        found[name] = {plain(heading) for heading in names}
    return found


def _recognised(
    rows: list[list[str | None]], told: dict[str, set[str]], path: Path
) -> tuple[int, str]:
    """The header row and the object whose headings it has most of."""
    best = (0.0, 0, "")
    for number, row in enumerate(rows[:LOOK]):
        seen = {plain(text) for text in row if text}
        for name, known in told.items():
            if known:
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
    return Verified(spec.object, sent.num_rows, len(body), [], len(body), tally, retry)


def _report(path: Path, result: Verified) -> Path:
    """All differences as a workbook beside the CRM's file."""
    report = path.with_name(f"{path.stem}_differences.xlsx")
    names = ("kind", "key", "column", "sent", "found")
    rows = pa.table(
        {n: pa.array([getattr(each, n) for each in result.differences], pa.string()) for n in names}
    )
    write(report, [Sheet("differences", [Col(name) for name in names], rows)])
    return report
