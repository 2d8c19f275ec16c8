"""crmclean.yaml, the migration project: read, validated, frozen.

Everything that a person decides stands in this one file (`crmclean.example.yaml` shows every
section). An unknown key is an error with its line and "did you mean"; so is a value of the wrong
kind. YAML 1.2, safe loader, no aliases, no duplicate keys: a placeholder list `[no, null, 0138]`
must not change its type.
"""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic import Field as Setting

from crmclean.errors import UsageError
from crmclean.gates import Gates, part_at
from crmclean.tables import OBJECTS

MAX_DEPTH = 50
MAX_BYTES = 4 << 20

ObjectName = Literal["customer", "contact", "lead", "follow_up", "opportunity"]


class _Int(int):
    """A number of the file with the text that it was written as: 0138 is no 138."""

    written = ""


class _Float(float):
    """The same with a point: 1.10 is no 1.1."""

    written = ""


def _text(value: Any) -> Any:
    return value if value is None else str(getattr(value, "written", value))


#: Numbers and dates in YAML become text where the project means a value of a cell.
Text = Annotated[str, BeforeValidator(_text)]
assert set(ObjectName.__args__) == set(OBJECTS)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldSource(_Part):
    """Where a field's value comes from when it is not simply one column."""

    column: Text | None = None
    unit: Literal["元", "千", "万", "百万", "亿"] | None = None
    lookup: str | None = None
    concat: tuple[Text, ...] | None = None
    joined_with: str = Setting("；", alias="with")
    constant: Text | None = None
    sequence: str | None = None


def _field_source(value: Any) -> Any:
    return {"column": value} if isinstance(value, str | int | float) else value


class Source(_Part):
    """One entry of `sources`: one logical table, maybe over many files."""

    path: str
    system: str = ""
    sheet: Text | None = None
    object: ObjectName = "customer"
    role: Literal["legacy", "target", "authority"] = "legacy"
    header_rows: tuple[int, ...] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    epoch: Literal[1900, 1904] | None = None
    hidden_rows: Literal["include", "skip"] = "include"
    layout: Literal["table", "one_table", "form"] | None = None
    password_env: str | None = None
    fields: dict[str, Annotated[FieldSource, BeforeValidator(_field_source)]] = {}
    drop: tuple[Text, ...] = ()
    review: tuple[str, ...] = ()  # fields whose mapping `init` was not sure of; clear after a look
    fingerprint: str | None = None  # of the headings, for --frozen


class FieldSetting(_Part):
    """A changed or added field of the model."""

    label: str | dict[Literal["zh", "en"], str] | None = None
    kind: str | None = None
    required: Literal["target", "standard", "no"] | None = None
    on_gap: Literal["load", "hold", "default"] | None = None
    default: Text | None = None
    values: tuple[Text, ...] | None = None
    synonyms: dict[Text, Text] | None = None
    aliases: tuple[str, ...] | None = None
    options: dict[str, Any] | None = None
    parts: dict[str, str] | None = None
    unique: bool | None = None
    sensitive: bool | None = None


class Level(_Part):
    """A level set from an amount: the highest threshold that the amount reaches."""

    source: str = Setting(alias="from")
    scale: dict[Text, float]


#: How the value of a field is chosen when records are merged (`dedupe/strategies.py`).
Strategy = Literal[
    "priority", "most_recent", "most_complete", "most_frequent", "longest", "fullest", "earliest",
    "latest", "union", "keep_both",
]  # fmt: skip


class Dedupe(_Part):
    match: float = 8.0
    review: float = 0.0
    priority: tuple[str, ...] = ()
    owner_conflict: Literal["hold", "first"] = "hold"
    survivorship: dict[str, Strategy] = {}
    never: tuple[Any, ...] = ()
    always: tuple[Any, ...] = ()


class Pilot(_Part):
    rows: int = Setting(100, ge=1)
    mode: Literal["test", "production"] = "test"
    seed: int = 1


class Audit(_Part):
    rows: int = Setting(100, ge=1)
    seed: int = 1


class Project(_Part):
    """The whole file."""

    version: Literal[1] = 1
    language: Literal["zh", "en"] = "zh"
    target: str = "generic"
    sources: tuple[Source, ...] = Setting(min_length=1)
    fields: dict[str, FieldSetting] = {}
    picklists: dict[str, dict[Text, Text]] = {}
    placeholders: tuple[Text, ...] = ()
    levels: dict[str, Level] = {
        "customer.value_level": Level(
            **{
                "from": "customer.annual_purchase",
                "scale": {"VIP": 500000, "重点": 100000, "普通": 0},
            }
        )
    }
    owners: dict[Text, Text] = {}
    derive: dict[str, str] = {}
    select: str | None = None
    unplaced: dict[str, Literal["remark", "custom_field", "drop"]] = {}
    dedupe: Dedupe = Dedupe()
    pilot: Pilot = Pilot()
    audit: Audit = Audit()
    gates: Gates = Gates()


def load(path: Path) -> Project:
    """The project in `path`. Raises UsageError (exit 2) with the line of what is wrong."""
    if not path.is_file():
        raise UsageError("PROJECT_MISSING", file=path)
    if path.stat().st_size > MAX_BYTES:
        raise UsageError("PROJECT_TOO_BIG", file=path)
    tree = _parse(path)
    if not isinstance(tree, dict):
        raise UsageError("PROJECT_NOT_A_MAPPING", file=path)
    try:
        return Project.model_validate(_plain(tree))
    except ValidationError as error:
        raise _explained(error, tree, path) from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return Project.model_json_schema(by_alias=True)


def _parse(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    loader = YAML(typ="rt", pure=True)
    loader.Constructor = _constructor()
    loader.max_depth = MAX_DEPTH
    try:
        text = path.read_text(encoding="utf-8-sig")
        _refuse_anchors(text, path)
        return loader.load(text)
    except UnicodeDecodeError as error:
        raise UsageError("PROJECT_NOT_UTF8", file=path) from error
    except (YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else "?"
        reason = getattr(error, "problem", None) or type(error).__name__
        raise UsageError("PROJECT_NOT_YAML", file=path, line=line, reason=reason) from error


def _constructor() -> type:
    """The loader's constructor, with numbers that remember how they were written; dates are text."""
    from ruamel.yaml.constructor import RoundTripConstructor

    class Constructor(RoundTripConstructor):
        """One of our own, so that the library's stays as it is."""

    def number(kind: type, name: str) -> Any:
        def construct(self: Any, node: Any) -> Any:
            value = kind(getattr(RoundTripConstructor, f"construct_yaml_{name}")(self, node))
            value.written = node.value
            return value

        return construct

    for kind, name in ((_Int, "int"), (_Float, "float")):
        Constructor.add_constructor(f"tag:yaml.org,2002:{name}", number(kind, name))
    Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: node.value)
    return Constructor


def _refuse_anchors(text: str, path: Path) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.events import AliasEvent

    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            line = event.start_mark.line + 1
            raise UsageError("PROJECT_NOT_YAML", file=path, line=line, reason="alias")


def _plain(node: Any, depth: int = 0) -> Any:
    """Round-trip nodes as plain Python values; deeper than MAX_DEPTH is refused."""
    if depth > MAX_DEPTH:
        raise UsageError("PROJECT_TOO_DEEP", depth=MAX_DEPTH)
    if isinstance(node, dict):
        return {_text(key): _plain(value, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, depth + 1) for value in node]
    if node is None or isinstance(node, bool | _Int | _Float):
        return node
    return str(node)


def _explained(error: ValidationError, tree: Any, path: Path) -> UsageError:
    """The first thing that is wrong, with its line and, for a key, the nearest known one."""
    found = error.errors(include_url=False)
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    place = [step for step in first["loc"] if not str(step).startswith("function-")]
    facts = {"file": path, "line": _line(tree, place), "key": ".".join(map(str, place))}
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(place[-1]), _known_keys(place[:-1]), 1)
        if near:
            return UsageError("PROJECT_UNKNOWN_KEY_NEAR", near=near[0], **facts)
        return UsageError("PROJECT_UNKNOWN_KEY", **facts)
    return UsageError("PROJECT_BAD_VALUE", reason=first["msg"], **facts)


def _line(tree: Any, place: list[Any]) -> int | str:
    line: int | str = "?"
    for step in place:
        marks = getattr(tree, "lc", None)
        key = step if not isinstance(tree, list) else int(step)
        if marks is None or marks.data is None or key not in marks.data:
            break
        line = marks.data[key][0] + 1
        tree = tree[key]
    return line


def _known_keys(place: list[Any]) -> list[str]:
    """The keys that a mapping at `place` may have."""
    part: type[BaseModel] = Project
    parts = {
        "sources": Source,
        "levels": Level,
        "dedupe": Dedupe,
        "pilot": Pilot,
        "audit": Audit,
    }
    if place:
        part = parts.get(str(place[0]), FieldSetting)
        if place[0] == "sources" and "fields" in place:
            part = FieldSource
        if place[0] == "gates":
            part = part_at(place[1:])
    return [field.alias or name for name, field in part.model_fields.items()]
