"""The plan: what the first pass found out about every source, frozen, with its evidence.

`scan.py` writes it; everything after it is a pure function of (batch, plan) (design.md 5). Plain
dataclasses of plain values: it is saved as `OUT/.work/plan.json`, read by people and by the next
run (drift), and could be sent to a worker on another machine.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crmclean.tables import unpack

#: Different values of a column are counted up to here; `Column.distinct` is one more for "more".
EXACT_DISTINCT = 5_000


@dataclass(frozen=True)
class Column:
    """One column of a source. `number` counts from 1, as in c1..cn; `heading` is the joined heading
    (联系方式/手机), unique within the source. `filled`: non-empty data cells. `options`: what was
    decided over the whole column, passed to its rule (date_order, epoch, unit…).
    `evidence`: short strings a person can check."""

    number: int
    heading: str
    filled: int = 0
    distinct: int = 0
    hidden: bool = False
    samples: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fill:
    """A cell that takes the value above it: `rule` is merged (inside a merge) or ditto (同上)."""

    row: int
    column: int
    value: str
    rule: str


@dataclass(frozen=True)
class Source:
    """One table of one file. `number` is its place in the sorted order of (path, sheet).

    `sheet` is the name of its sheet; where several tables stand on one sheet, they are 客户@1 and
    客户@2, and `rows` are the first and the last row of each; `span` are its first and last column
    where tables stand side by side; its columns are numbered from 1 all the same.

    `entry` is the index of the entry of `crmclean.yaml` under `sources` that it belongs to.
    `reading` holds what the reader needs to read it again just so (container, encoding, delimiter,
    quoting, password_env…); `kinds` maps the numbers of rows that are neither data nor blank to
    their kind; `counts` counts rows by kind. `path` is as written in the project (relative);
    `hidden`: its sheet is."""

    number: int
    entry: int
    path: str
    sheet: str
    system: str
    role: str
    object: str
    sha256: str
    size: int
    reading: dict[str, Any] = field(default_factory=dict)
    header_rows: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()
    kinds: dict[int, str] = field(default_factory=dict)
    fills: tuple[Fill, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    rows: tuple[int, int] | None = None
    span: tuple[int, int] | None = None
    hidden: bool = False

    @property
    def page(self) -> str:
        """The sheet in the file that the table stands on."""
        return self.sheet.rpartition("@")[0] if self.rows else self.sheet

    @property
    def name(self) -> str:
        """`客户.xlsx#Sheet1`, or the file name alone where there are no sheets."""
        file = Path(self.path).name
        return f"{file}#{self.sheet}" if self.sheet else file


@dataclass(frozen=True)
class Plan:
    """All sources of a run, by number."""

    sources: tuple[Source, ...]

    def source(self, number: int) -> Source:
        return self.sources[number - 1]

    def where(self, record: int) -> str:
        """`file#sheet!row` of a record, as people see it."""
        source, row, _ = unpack(record)
        return f"{self.source(source).name}!{row}"

    def find(self, place: str) -> tuple[int, int] | None:
        """Source and row that `file#sheet!row` names, as `where` tells it or with a part of the path;
        None where no source is called so."""
        file, _, row = place.rpartition("!")
        for source in self.sources:
            if file in (source.name, source.path, Path(source.path).name) and row.isdigit():
                return source.number, int(row)
        return None

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        return cls(tuple(_source(entry) for entry in json.loads(text)["sources"]))


def _source(entry: dict[str, Any]) -> Source:
    columns = tuple(
        Column(**{**c, "samples": tuple(c["samples"]), "evidence": tuple(c["evidence"])})
        for c in entry["columns"]
    )
    return Source(
        **{
            **entry,
            "columns": columns,
            "header_rows": tuple(entry["header_rows"]),
            "kinds": {int(row): kind for row, kind in entry["kinds"].items()},
            "fills": tuple(Fill(**fill) for fill in entry["fills"]),
            "evidence": tuple(entry["evidence"]),
            "rows": tuple(entry["rows"]) if entry["rows"] else None,
            "span": tuple(entry["span"]) if entry["span"] else None,
        }
    )
