"""What must be in the CRM before its import files can go in: fields, users, options.

An importer refuses a heading, an owner or an option that it does not know, often row by row and
hours later. Everything that these very files need is listed beforehand; what people must decide is
YAML, to be filled in and copied into crmclean.yaml.
"""

import json

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export.parts import Fitted
from crmclean.messages import say
from crmclean.model import Object
from crmclean.templates import Template

UNKNOWN = ("TARGET_UNKNOWN_OPTION", "TARGET_NOT_IN_LIST")
#: Options that are listed for one field; more than these are no list.
MOST = 30


def blocks(
    fitted: Fitted, template: Template, model: dict[str, Object], language: str
) -> list[str]:
    """Paragraphs of Markdown, none where the CRM needs nothing."""
    found = {
        "custom": _fields(fitted.unplaced, model, language),
        "users": _users(fitted, language),
        "owner_ids": _yaml("owners", {"": _owners_without_id(fitted, template)}),
        "options": _yaml("picklists", _options(fitted.issues)),
    }
    made = [f"{say(f'guide.{name}', lang=language)}\n\n{t}" for name, t in found.items() if t]
    refused = pc.equal(fitted.crosswalk["reason"], "NO_IMPORT")
    for name, count in _counted(fitted.crosswalk["object"].filter(refused)):
        label = model[name].label[language]
        made.append(say("guide.no_import", lang=language, object=label, count=count))
    unread = [heading for spec in template.objects.values() for heading in spec.unread]
    if unread:
        made.append(say("guide.unread", lang=language, columns=" · ".join(unread)))
    return made


def _fields(unplaced: pa.Table, model: dict[str, Object], language: str) -> str:
    """The custom fields of each object."""
    of: dict[str, list[str]] = {}
    for row in unplaced.filter(pc.equal(unplaced["decision"], "custom_field")).to_pylist():
        of.setdefault(model[row["object"]].label[language], []).append(f"`{row['label']}`")
    return "\n".join(f"* {label}: {' · '.join(labels)}" for label, labels in of.items())


def _users(fitted: Fitted, language: str) -> str:
    """Everybody whom an owner's cell or the name of a file names, with the rows."""
    named: list[pa.Array] = [pa.array([], pa.string())]
    for part in fitted.parts:
        owners = [c.heading for c in part.columns if c.form == "owner"]
        named += [part.rows[heading].combine_chunks() for heading in owners]
        named += [part.keys["group"].combine_chunks()] if part.spec.per_owner else []
    counts = _counted(pa.concat_arrays(named))
    rows = lambda count: say("guide.rows", lang=language, count=count)
    return "\n".join(f"* {name} · {rows(count)}" for name, count in counts)


def _owners_without_id(fitted: Fitted, template: Template) -> list[tuple[str, int]]:
    """Names that stand where the CRM wants the id of a user."""
    specs = template.objects.values()
    ids = [c.heading for spec in specs for c in spec.columns if c.form == "owner_id"]
    bad = pc.equal(fitted.issues["code"], "TARGET_BAD_FORM")
    mine = pc.and_(bad, pc.is_in(fitted.issues["column"], pa.array(ids, pa.string())))
    return _counted(fitted.issues["value"].filter(mine))


def _options(issues: pa.Table) -> dict[str, list[tuple[str, int]]]:
    """field → its values that the CRM lacks, the most frequent first."""
    mine = issues.filter(pc.is_in(issues["code"], pa.array(UNKNOWN)))
    paths = pc.binary_join_element_wise(mine["object"], mine["field"], ".")
    return {
        path: sorted(
            _counted(mine["value"].filter(pc.equal(paths, path))), key=lambda each: -each[1]
        )[:MOST]
        for path in sorted(pc.unique(paths).to_pylist())
    }


def _yaml(section: str, values: dict[str, list[tuple[str, int]]]) -> str:
    """A section of crmclean.yaml whose values are to be filled in: path → values, or values alone
    where the path is empty."""
    lines: list[str] = []
    for path, counted in values.items():
        lines += [f"  {path}:"] if path and counted else []
        indent = "    " if path else "  "
        lines += [
            f'{indent}{json.dumps(value, ensure_ascii=False)}: ""  # {count}'
            for value, count in counted
        ]
    return "\n".join(["```yaml", f"{section}:", *lines, "```"]) if lines else ""


def _counted(values: pa.Array | pa.ChunkedArray) -> list[tuple[str, int]]:
    """Each value and how often it is there, in order."""
    counts = pc.value_counts(values.drop_null()).to_pylist()
    return sorted((entry["values"], entry["counts"]) for entry in counts)
