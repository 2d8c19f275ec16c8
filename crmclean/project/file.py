"""crmclean.yaml read from the disk, and what is wrong with it told by line.

YAML 1.2, safe loader, no aliases, no duplicate keys: a placeholder list `[no, null, 0138]` must not
change its type. An unknown key is an error with its line and "did you mean".
"""

import difflib
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from crmclean.errors import UsageError
from crmclean.gates import part_at
from crmclean.messages import entries, say
from crmclean.project.sections import (
    Audit,
    Dedupe,
    FieldSetting,
    FieldSource,
    Level,
    Pilot,
    Project,
    Source,
    as_written,
)

MAX_DEPTH = 50
MAX_BYTES = 4 << 20


class _Int(int):
    """A number of the file with the text that it was written as: 0138 is no 138."""

    written = ""


class _Float(float):
    """The same with a point: 1.10 is no 1.1."""

    written = ""


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
        reason = _why_not_yaml(getattr(error, "problem", None) or type(error).__name__)
        raise UsageError("PROJECT_NOT_YAML", file=path, line=line, reason=reason) from error


#: What the parser says where people slip most often, and our words for it.
SLIPS = {
    "mapping values are not allowed": "colon",
    "could not find expected ':'": "no_colon",
    "expected <block end>": "indent",
    "expected the node content": "indent",
    "cannot start any token": "character",
    "unexpected end of stream": "quote",
    "duplicate key": "twice",
}


def _why_not_yaml(problem: str) -> str:
    kind = next((kind for words, kind in SLIPS.items() if words in problem), None)
    return say(f"project.yaml.{kind}") if kind else problem


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
        return {as_written(key): _plain(value, depth + 1) for key, value in node.items()}
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
    return UsageError("PROJECT_BAD_VALUE", reason=_reason(first), **facts)


def _reason(error: Any) -> str:
    """What is wrong with a value, in our words; the library's where the catalogue has none."""
    kinds = error["type"], error["type"].split("_")[0]
    code = next((c for kind in kinds if (c := f"project.wrong.{kind}") in entries()), None)
    facts = dict(error.get("ctx", {}))
    if "expected" in facts:  # 'zh', 'en' or 'fr', as the library lists them
        facts["expected"] = " / ".join(re.split(r", | or ", str(facts["expected"])))
    return say(code, **facts) if code else error["msg"]


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
