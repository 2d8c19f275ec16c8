"""The model: objects and fields of a CRM, read from `model/<object>.toml`.

One source for mapping (labels, aliases), normalise (kind, options, parts), schema (required,
picklists), gaps and report (labels). A project may change fields or add its own
(`crmclean.yaml`, section `fields`). TOML as the catalogue: every command reads all of it first,
and YAML would take 0.4 s.
"""

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from crmclean import shipped
from crmclean.tables import OBJECTS

REQUIRED = ("target", "standard", "no")
#: Names that always mean the row itself: a column 名称 of opportunities is not the customer's.
OF_ITSELF = ("名称", "全称", "编号", "编码", "代码", "name", "full name", "id", "code")


@dataclass(frozen=True)
class Field:
    """One field of an object. `parts` names, for each part that a rule may find in a cell, the
    field that takes it (`mobile`, or `contact.name` for a field of another object). `like`: fields
    of other objects that hold the same: what names them names this one too."""

    object: str
    name: str
    label: dict[str, str]
    kind: str
    required: str = "no"
    options: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()
    unique: bool = False
    sensitive: bool = False
    on_gap: str = "load"
    default: str | None = None

    @property
    def path(self) -> str:
        """`customer.name`"""
        return f"{self.object}.{self.name}"


@dataclass(frozen=True)
class Object:
    """One object of the CRM: its label, fields in order, the field that names it, and which of
    its fields refer to which object (`refers: {customer: customer}`)."""

    name: str
    label: dict[str, str]
    name_field: str
    fields: dict[str, Field]
    refers: dict[str, str]


@cache
def shipped_model() -> dict[str, Object]:
    """The five objects as they ship, in the order parents first."""
    files = (shipped.folder("model") / f"{name}.toml" for name in OBJECTS)
    loaded = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    return _with_likes({entry["object"]: _object(entry) for entry in loaded})


def _with_likes(model: dict[str, Object]) -> dict[str, Object]:
    """Every field with the names of those it is like after its own."""
    written = {known.path: known for owner in model.values() for known in owner.fields.values()}

    def named(known: Field) -> Field:
        others = [written[path] for path in known.like]
        more = [w for other in others for w in (*other.label.values(), *other.aliases)]
        more = [word for word in more if word not in OF_ITSELF]
        return replace(known, aliases=tuple(dict.fromkeys((*known.aliases, *more))))

    return {
        name: replace(owner, fields={key: named(known) for key, known in owner.fields.items()})
        for name, owner in model.items()
    }


def build(overrides: dict[str, dict[str, Any]] | None = None) -> dict[str, Object]:
    """The model of a project: the shipped one with the project's `fields` section applied.

    `overrides` maps `object.field` to changed attributes; an unknown path is a new field: a text
    called by its name, unless it says otherwise. Raises KeyError for an unknown object.
    """
    model = dict(shipped_model())
    for path, changes in (overrides or {}).items():
        name, _, field_name = path.partition(".")
        owner = model[name]
        known = owner.fields.get(field_name)
        changed = _field(name, field_name, changes) if known is None else _changed(known, changes)
        model[name] = replace(owner, fields={**owner.fields, field_name: changed})
    return model


def _object(entry: dict[str, Any]) -> Object:
    name = entry["object"]
    fields = {key: _field(name, key, value) for key, value in entry["fields"].items()}
    return Object(name, entry["label"], entry["name_field"], fields, entry.get("refers", {}))


def _field(owner: str, name: str, entry: dict[str, Any]) -> Field:
    found = {"kind": "text", **_attributes(entry)}
    given = found.get("label") or {"zh": name}
    found["label"] = dict.fromkeys(("zh", "en"), next(iter(given.values()))) | given
    return Field(owner, name, **found)


def _changed(known: Field, entry: dict[str, Any]) -> Field:
    attributes = _attributes(entry)
    if "options" in attributes:
        attributes["options"] = {**known.options, **attributes["options"]}
    if "label" in attributes:
        attributes["label"] = {**known.label, **attributes["label"]}
    return replace(known, **attributes)


def _attributes(entry: dict[str, Any]) -> dict[str, Any]:
    attributes = {key: value for key, value in entry.items() if value is not None}
    if isinstance(attributes.get("label"), str):
        attributes["label"] = dict.fromkeys(("zh", "en"), attributes["label"])
    if "not" in attributes:
        attributes["negatives"] = attributes.pop("not")
    for key in ("values", "aliases", "negatives", "like"):
        if key in attributes:
            attributes[key] = tuple(str(value) for value in attributes[key])
    return attributes
