"""Templates: what an import file of a CRM must look like (`template_files.py` reads them).

For each object: file form, headings in order, and every limit with its source. A limit has a
mark that says how well it is known: O observed by importing real files, V the vendor's own source
or documentation, C third parties, I inferred, NV not verified. Only O and V may reject a record;
everything else warns (`ObjectTemplate.rejects`), because a guess must not keep a customer out.
A template that the user downloaded from the CRM wins over the built-in one (`own_template.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from pathlib import Path

from crmclean import shipped
from crmclean.errors import UsageError
from crmclean.model import Object, shipped_model

#: Marks of facts that are sure enough to reject a record.
SURE = ("O", "V")
MARKS = (*SURE, "C", "I", "NV")
FORMATS = ("xlsx", "xls", "csv")
#: So alike are the name of a template and what was meant by it.
NEAR = 0.5
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
    from crmclean import template_files

    if name in names():
        return template_files.read(shipped.folder("templates") / name)
    path = (base or Path()) / name
    if path.is_dir() and any(path.glob("*.yaml")):
        return template_files.read(path)
    if path.is_file():
        from crmclean import own_template

        return own_template.read(path, model or shipped_model())
    import difflib

    near = difflib.get_close_matches(name, names(), 1, NEAR)
    if near:
        raise UsageError("TEMPLATE_MISSING_NEAR", name=name, near=near[0])
    raise UsageError("TEMPLATE_MISSING", name=name)


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
