"""A template of the user's own: the import file as downloaded from the CRM, .xls, .xlsx or .csv.

It always wins over the built-in ones: headings, order, required marks and drop-downs come from it.
Limits that such a file does not carry (lengths, rows per file) come from the built-in template it
resembles most; where it only resembles one, from the strictest of that family, because a file of
100 rows is right for all of them (one 悟空 line imports 100 rows and says nothing of the rest).
"""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crmclean import templates
from crmclean.errors import UsageError
from crmclean.headings import plain
from crmclean.messages import LANGUAGES
from crmclean.model import Object
from crmclean.tables import OBJECTS
from crmclean.templates import Column, ObjectTemplate, Template
from crmclean.workbooks import dropdowns, reread

#: Rows that may stand above the header, and the share of headings that must be known.
LOOK, ENOUGH = 12, 0.5
FORMATS = {".xls": "xls", ".xlsx": "xlsx", ".xlsm": "xlsx", ".csv": "csv", ".txt": "csv"}
REQUIRED_MARKS = ("*", "＊")


def read(path: Path, model: Mapping[str, Object]) -> Template:
    """The template that a file shows; the other objects are those of the built-in one it
    resembles. Raises UsageError (TEMPLATE_UNREADABLE, TEMPLATE_UNKNOWN)."""
    rows = _rows(path)
    header, base = _recognised(rows, path)
    headings = {place: text for place, text in enumerate(rows[header]) if text}
    lists, owner = dropdowns.read(path), model[base.object]
    known = {plain(text) for text in headings.values()}
    exact = known == {plain(column.heading) for column in base.columns}
    form = FORMATS[path.suffix.lower()]
    spec = replace(
        base,
        columns=tuple(_column(h, base, lists.get(at) or (), owner) for at, h in headings.items()),
        name=path.stem,
        format=form,
        sheet=base.sheet if form == "csv" else reread.names(path)[0],
        header_row=header + 1,
        note=(rows[0][0] or "") if header else "",
        max_rows=base.max_rows if exact else _strictest(base),
        encoding=_encoding(path) if form == "csv" else "utf-8",
        own_file=path if form == "xlsx" else None,
        closed=True,
        unread=tuple(text for place, text in headings.items() if lists.get(place, ()) is None),
        pool=None,
        verified=base.verified and exact,
    )
    return _with_family(spec, path)


def _with_family(spec: ObjectTemplate, path: Path) -> Template:
    """The template of the file, with the other objects of the built-in one."""
    family = templates.load(spec.crm)
    objects = {**family.objects, spec.object: spec}
    in_order = {name: objects[name] for name in OBJECTS if name in objects}
    title = f"{path.name} ({family.title})"
    return Template(path.stem, title, family.guide, in_order, own=True)


def _rows(path: Path) -> list[list[str | None]]:
    if path.suffix.lower() not in FORMATS:
        raise UsageError("TEMPLATE_UNREADABLE", file=path)
    try:
        if FORMATS[path.suffix.lower()] == "csv":
            with path.open(encoding=_encoding(path), newline="") as lines:
                return [[cell or None for cell in row] for row in csv.reader(lines)][:LOOK]
        return reread.cells(path)[:LOOK]
    except Exception as error:
        raise UsageError("TEMPLATE_UNREADABLE", file=path) from error


def _encoding(path: Path) -> str:
    try:
        path.read_text(encoding="utf-8-sig")
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "gb18030"


def _recognised(rows: list[list[str | None]], path: Path) -> tuple[int, ObjectTemplate]:
    """The header row (0-based) and the built-in template whose headings are most like it."""
    specs = [
        spec
        for name in templates.names()
        for spec in templates.load(name).objects.values()
        if spec.columns
    ]
    best: tuple[float, int, ObjectTemplate] | None = None
    for number, row in enumerate(rows):
        seen = {plain(text) for text in row if text}
        for spec in specs:
            known = {plain(column.heading) for column in spec.columns}
            alike = len(seen & known) / max(len(seen | known), 1)
            if best is None or alike > best[0]:
                best = (alike, number, spec)
    if best is None or best[0] < ENOUGH / 2:
        raise UsageError("TEMPLATE_UNKNOWN", file=path)
    return best[1], best[2]


def _column(heading: str, base: ObjectTemplate, options: tuple[str, ...], owner: Object) -> Column:
    """A heading of the file: the column of the built-in template, else a field of the model."""
    required = heading.startswith(REQUIRED_MARKS) or heading.rstrip().endswith(("(*)", "（*）"))
    known = next((c for c in base.columns if plain(c.heading) == plain(heading)), None)
    if known is None:
        known = Column(heading, _field(heading, owner))
    return replace(
        known,
        heading=heading,
        required=required or (known.required and not _marks(base)),
        picklist=options or known.picklist,
    )


def _marks(base: ObjectTemplate) -> bool:
    """Whether this CRM marks required columns in the heading: then no mark means not required."""
    return any(c.required and c.heading.strip("*") != c.heading for c in base.columns)


def _field(heading: str, owner: Object) -> str | None:
    """The field of the model that a heading names by its label or an alias, and by nothing less."""
    for field, known in owner.fields.items():
        words = [*(known.label[language] for language in LANGUAGES), *known.aliases]
        if plain(heading) in {plain(word) for word in words}:
            return field
    return None


def _strictest(base: ObjectTemplate) -> int | None:
    """The smallest number of rows that any template of the family takes."""
    family = base.crm.split("-")[0]
    limits = [
        spec.max_rows
        for name in templates.names()
        if name.split("-")[0] == family
        for spec in templates.load(name).objects.values()
        if spec.object == base.object and spec.max_rows
    ]
    return min(limits, default=None)


def save(template: Template, folder: Path) -> None:
    """Write a template as YAML files that a person can edit, and name as `target:`."""
    import shutil

    from ruamel.yaml import YAML

    folder.mkdir(parents=True, exist_ok=True)
    writer = YAML()
    writer.allow_unicode, writer.width = True, 200
    about = {"title": template.title, "guide": template.guide}
    _dump(writer, about, folder / "crm.yaml")
    for name, spec in template.objects.items():
        _dump(writer, _entry(spec), folder / f"{name}.yaml")
        if spec.own_file:
            shutil.copyfile(spec.own_file, folder / spec.own_file.name)


def _entry(spec: ObjectTemplate) -> dict:
    left_out = {"crm", "columns", "docs", "pool", "path"}
    entry = {name: _shown(value) for name, value in vars(spec).items() if name not in left_out}
    entry = {name: value for name, value in entry.items() if value not in (None, "", [], False)}
    entry["docs"] = {limit: [f.mark, f.source, f.effect] for limit, f in spec.docs.items()}
    entry["columns"] = [_column_entry(column) for column in spec.columns]
    return entry


def _column_entry(column: Column) -> dict:
    entry = {("max" if k == "max_length" else k): _shown(v) for k, v in vars(column).items()}
    entry["docs"] = {limit: [f.mark, f.source, f.effect] for limit, f in column.docs.items()}
    return {name: value for name, value in entry.items() if value not in (None, "", [], {}, False)}


def _shown(value: object) -> object:
    if isinstance(value, Path):
        return value.name
    return list(value) if isinstance(value, tuple) else value


def _dump(writer, entry: dict, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        writer.dump(entry, stream)
