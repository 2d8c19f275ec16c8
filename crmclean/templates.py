"""Templates: what an import file of a CRM must look like, from `templates/<crm>/<object>.yaml`.

One file per object: file form, headings in order, and every limit with its source. A limit has a
mark that says how well it is known: O observed by importing real files, V the vendor's own source
or documentation, C third parties, I inferred, NV not verified. Only O and V may reject a record;
everything else warns (`ObjectTemplate.rejects`), because a guess must not keep a customer out.
A template that the user downloaded from the CRM wins over the built-in one (`own_template.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from functools import cache
from pathlib import Path
from typing import Any

from crmclean import shipped
from crmclean.errors import UsageError
from crmclean.model import Object, shipped_model
from crmclean.tables import OBJECTS

#: Marks of facts that are sure enough to reject a record.
SURE = ("O", "V")
MARKS = (*SURE, "C", "I", "NV")
FORMATS = ("xlsx", "xls", "csv")
#: Owner of customers that belong to nobody, as `owners:` in crmclean.yaml writes it.
POOL = "公海"


@dataclass(frozen=True)
class Fact:
    """How well a limit is known, from where, and what the importer does with what breaks it:
    reject, or warn (it takes the value, or nobody checks)."""

    mark: str
    source: str = ""
    effect: str = "reject"


@dataclass(frozen=True)
class Column:
    """One column. `field`: of the object; None for a column that stays empty. `fallback`: a field
    that fills an empty cell, of the record (`name`) or its parent (`customer.owner`). `before`:
    fields that stand in front in the same cell (district, then street). `form`: text, date,
    datetime, mobile, email, industry, owner, owner_id, reference (the parent's name), id and
    parent_id (our own stable ids). `picklist`: what the target knows, empty for free text."""

    heading: str
    field: str | None = None
    required: bool = False
    max_length: int | None = None
    picklist: tuple[str, ...] = ()
    value_map: dict[str, str] = attribute(default_factory=dict)
    form: str = "text"
    fallback: str | None = None
    before: tuple[str, ...] = ()
    example: str = ""
    docs: dict[str, Fact] = attribute(default_factory=dict)


@dataclass(frozen=True)
class ObjectTemplate:
    """The import file of one object. `unit`: what a length counts, characters or utf16 ·
    `four_byte`: keep, or replace where the target's tables cannot hold such characters ·
    `unique`: fields that the target wants to differ between records · `area`: which rules
    province, city and district follow · `pool`: the file for customers without an owner ·
    `per_owner`: one file per owner, who is chosen when it is uploaded · `own_file`: the user's
    own workbook, filled in place · `closed`: the CRM refuses headings that are not its own, so that
    none may be added · `unread`: headings whose drop-down depends on other cells ·
    `columns` is empty where the model's own fields are the columns (generic)."""

    crm: str
    object: str
    columns: tuple[Column, ...]
    name: str = ""
    format: str = "xlsx"
    sheet: str = ""
    header_row: int = 1
    note: str = ""
    encoding: str = "utf-8"
    max_rows: int | None = None
    max_bytes: int | None = None
    unit: str = "characters"
    four_byte: str = "keep"
    unique: tuple[str, ...] = ()
    area: str = ""
    per_owner: bool = False
    verified: bool = False
    docs: dict[str, Fact] = attribute(default_factory=dict)
    pool: "ObjectTemplate | None" = None
    path: Path | None = None
    own_file: Path | None = None
    closed: bool = False
    unread: tuple[str, ...] = ()

    def fact(self, limit: str, column: Column | None = None) -> Fact:
        """Where a limit (required, max, picklist, form, rows, unique, four_byte…) comes from."""
        own = column.docs.get(limit) if column else None
        return own or self.docs.get(limit) or Fact("NV")

    def rejects(self, limit: str, column: Column | None = None) -> bool:
        """Whether a record that breaks the limit may be rejected: the fact is sure."""
        fact = self.fact(limit, column)
        return fact.mark in SURE and fact.effect == "reject"

    def column_of(self, field_name: str) -> Column | None:
        return next((c for c in self.columns if c.field == field_name), None)


@dataclass(frozen=True)
class Template:
    """A CRM: its objects in import order. `guide`: which text of the catalogue IMPORT.md takes ·
    `own`: read from a file of the user's."""

    name: str
    title: str
    guide: str
    objects: dict[str, ObjectTemplate]
    own: bool = False

    @property
    def verified(self) -> bool:
        return all(each.verified for each in self.objects.values())


def names() -> list[str]:
    """The built-in templates: the folders of `templates/`."""
    top = shipped.folder("templates")
    return sorted(path.name for path in top.iterdir() if any(path.glob("*.yaml")))


def load(
    name: str, base: Path | None = None, model: Mapping[str, Object] | None = None
) -> Template:
    """A built-in template by its name, or one of the user's own: a folder of YAML files or a file
    downloaded from the CRM, relative to `base`, whose headings name fields of `model`. Raises
    UsageError (exit 2)."""
    if name in names():
        return _folder(shipped.folder("templates") / name)
    path = (base or Path()) / name
    if path.is_dir() and any(path.glob("*.yaml")):
        return _folder(path)
    if path.is_file():
        from crmclean import own_template

        return own_template.read(path, model or shipped_model())
    import difflib

    near = difflib.get_close_matches(name, names(), 1, 0) or ["generic"]
    raise UsageError("TEMPLATE_MISSING", name=name, near=near[0])


def with_columns(spec: ObjectTemplate, owner: Object, language: str) -> tuple[Column, ...]:
    """The columns of a template; those of `generic` are the fields of the model with its labels,
    but for resident ID numbers: they leave only as a custom field that the project asks for."""
    return spec.columns or tuple(_of_model(owner, language))


def _of_model(owner: Object, language: str) -> list[Column]:
    columns = []
    for name, known in owner.fields.items():
        if known.kind == "resident_id":
            continue
        form = "reference" if name in owner.refers else "owner" if name == "owner" else "text"
        heading = known.label.get(language) or name
        picklist = known.values if known.kind == "picklist" else ()
        columns.append(Column(heading, name, known.required == "target", None, picklist, form=form))
    return columns


@cache
def _folder(path: Path) -> Template:
    crm, specs, pools = {}, {}, {}
    for file in sorted(path.glob("*.yaml")):
        entry = _read(file)
        if file.stem == "crm":
            crm = entry
            continue
        kind = pools if entry.pop("pool", False) else specs
        spec = _object(entry, file, path.name)
        kind[spec.object] = spec
    objects = {name: _with_pool(specs[name], pools.get(name)) for name in OBJECTS if name in specs}
    if not objects:
        raise UsageError("TEMPLATE_EMPTY", file=path)
    return Template(path.name, crm.get("title", path.name), crm.get("guide", "any"), objects)


def _with_pool(spec: ObjectTemplate, pool: ObjectTemplate | None) -> ObjectTemplate:
    return replace(spec, pool=pool)


def _read(file: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise UsageError("TEMPLATE_NOT_YAML", file=file, reason=type(error).__name__) from error


def _object(entry: dict[str, Any], file: Path, crm: str) -> ObjectTemplate:
    """One YAML file as an ObjectTemplate. Raises UsageError for what it must not say."""
    try:
        columns = tuple(_column(each) for each in entry.pop("columns", ()))
        docs = _facts(entry.pop("docs", {}))
        own_file = entry.pop("own_file", None)
        entry["own_file"] = file.parent / own_file if own_file else None
        entry |= {name: tuple(entry.get(name, ())) for name in ("unique", "unread")}
        spec = ObjectTemplate(crm=crm, columns=columns, docs=docs, path=file, **entry)
    except TypeError as error:
        raise UsageError("TEMPLATE_UNKNOWN_KEY", file=file, reason=str(error)) from error
    _check(spec, file)
    return spec


def _column(entry: dict[str, Any]) -> Column:
    entry = dict(entry)
    entry["docs"] = _facts(entry.get("docs", {}))
    entry["picklist"] = tuple(str(value) for value in entry.get("picklist", ()))
    entry["before"] = tuple(entry.get("before", ()))
    entry["value_map"] = {str(k): str(v) for k, v in entry.get("value_map", {}).items()}
    entry["example"] = str(entry.get("example", ""))
    return Column(max_length=entry.pop("max", None), **entry)


def _facts(entry: dict[str, Any]) -> dict[str, Fact]:
    return {limit: Fact(*said) for limit, said in entry.items()}


def _check(spec: ObjectTemplate, file: Path) -> None:
    headings = [column.heading for column in spec.columns]
    fields = shipped_model()[spec.object].fields if spec.object in OBJECTS else {}
    facts = [*spec.docs.values(), *(f for c in spec.columns for f in c.docs.values())]
    wrong = {
        "object": spec.object not in OBJECTS,
        "format": spec.format not in FORMATS,
        "heading twice": len(set(headings)) < len(headings),
        "mark": any(fact.mark not in MARKS for fact in facts),
        "field": spec.path is not None
        and spec.path.is_relative_to(shipped.folder("templates"))
        and any(c.field and c.field not in fields for c in spec.columns),
    }
    for reason, is_wrong in wrong.items():
        if is_wrong:
            raise UsageError("TEMPLATE_WRONG", file=file, reason=reason)
