"""Templates as people write them: a folder with a YAML file per object (`templates/<crm>/`), and
`crm.yaml` for the CRM. What a file must not say is refused with its name (UsageError, exit 2).
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from crmclean import shipped
from crmclean.errors import UsageError
from crmclean.model import shipped_model
from crmclean.tables import OBJECTS
from crmclean.templates import FORMATS, MARKS, Column, Fact, ObjectTemplate, Template


@cache
def read(folder: Path) -> Template:
    """The template in a folder. Raises UsageError."""
    crm, specs, pools = {}, {}, {}
    for file in sorted(folder.glob("*.yaml")):
        entry = _entry(file)
        if file.stem == "crm":
            crm = entry
            continue
        kind = pools if entry.pop("pool", False) else specs
        spec = _object(entry, file, folder.name)
        kind[spec.object] = spec
    objects = {
        name: replace(specs[name], pool=pools.get(name)) for name in OBJECTS if name in specs
    }
    if not objects:
        raise UsageError("TEMPLATE_EMPTY", file=folder)
    return Template(folder.name, crm.get("title", folder.name), crm.get("guide", "any"), objects)


def _entry(file: Path) -> dict[str, Any]:
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
