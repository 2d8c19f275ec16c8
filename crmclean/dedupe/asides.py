"""What stands beside a company's name: brackets and notes, with all they say.

A bracket may hold the region, the legal kind, a former name, a shop or campus, or a clerk's note
(作废, 联系不上); what follows a dash or a star at the end is a note too.
"""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from crmclean.dedupe import regions, words
from crmclean.dedupe.branches import key
from crmclean.dedupe.offices import is_said
from crmclean.dedupe.spans import Spans, filled

_PLACES, _KINDS, _NOTES = map(words.table, ("places", "forms", "annotations"))
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_FORMER = re.compile(r"^(?:原名?|曾用名|旧名|前身)[::为是]?(.{2,})$")
_PART = re.compile(
    r"(?:店|[校院园厂]区|[分支][店行部园校院所局]|[分支]公司|(?<!街道)办事处|[代联][表络]处|[事项][业目]部)$"
)
_CAMPUS = re.compile(r"^.{1,5}[园院校部馆区]$")
_SITED = re.compile(r"(?:幼儿园|学校|小学|中学|大学|学院|医院|[院园])$")
_OFFICE_NEXT = re.compile(
    r"^(?:[分支](?:公司|行|店|厂|院|校|所|局)|办事处|代表处|联络处)"
)  # (秦皇岛)分公司
_COMPANY = re.compile(r"公司|集团|厂$")
_NOTE_START = re.compile(r"^([^-_/:\s]{1,6})([-_/:\s])+(?=.{6,})")
_NOTE_END = re.compile(r"[-_/\s*★☆●▲■◆※#]+([^-_/\s*★☆●▲■◆※#]+)$")
_KIND_WORD = {
    "股份合作": "cooperative",
    "股份合作制": "cooperative",
    "股份合作制企业": "cooperative",
}
_SILENT = ("中国", "集团", "china")


class Asides(NamedTuple):
    """The name without them; `rest` of the fields as in `names.Parts`."""

    name: str
    flags: str = ""
    former: str = ""
    region: str = ""
    code: str = ""
    kind: str = ""
    branch: str = ""


def take(names: Spans, rows: np.ndarray) -> tuple[Spans, dict[str, pa.Array]]:
    """The names without what stands beside them; and what that says, as columns: the other fields
    of `Asides`. `rows`: those that hold signs."""
    found = [read(name) for name in names[rows].texts().to_pylist()]
    columns = dict(zip(Asides._fields, zip(*found, strict=True), strict=True)) if found else {}
    names = names.put(rows, pa.array(columns.pop("name", ()), pa.string()))
    said = {name: filled(len(names), rows, columns.get(name, ())) for name in Asides._fields[1:]}
    return names, said


def read(name: str) -> Asides:
    """Take brackets and notes off a name in plain form (`text.plain`)."""
    flags: set[str] = set()
    found: dict[str, str] = {}
    if "(" in name or "[" in name:
        name = _without_brackets(name, flags, found)
    begun = _NOTE_START.match(name)
    if begun and (begun[1] in _NOTES or (begun[2] == ":" and _is_whole(name))):
        flags.add(_NOTES.get(begun[1], "note"))
        name = name[begun.end() :]
    name = _without_ends(name, flags, found)
    return Asides(name.strip(" -_/*★☆") or name, ",".join(sorted(flags)), **found)


def _without_ends(name: str, flags: set[str], found: dict[str, str]) -> str:
    """What follows a whole name after a sign says something of it, unless it is another company."""
    while end := _NOTE_END.search(name):
        before, said = name[: end.start()], end[1]
        if said in _NOTES:
            flags.add(_NOTES[said])
        elif not _is_whole(before) or (_COMPANY.search(said) and not _PART.search(said)):
            break
        elif not _heard(said, before, flags, found):
            if not is_said(said):
                return before + said  # a part of the company
            flags.add("note")
        name = before
    return name


def _without_brackets(name: str, flags: set[str], found: dict[str, str]) -> str:
    whole = name
    for hit in list(_BRACKET.finditer(name)):
        inner, before, after = hit[1].strip(), whole[: hit.start()], whole[hit.end() :]
        if not _OFFICE_NEXT.match(after):
            if _heard(inner, before, flags, found) or inner in _SILENT:
                continue
            if (not after and _is_whole(before)) or (not before and _is_whole(after)):
                flags.add("note")  # nothing else stands beside a whole name
                continue
        name = name.replace(f"({inner})", inner, 1).replace(f"[{inner}]", inner, 1)
    return _BRACKET.sub("", name)


def _is_whole(name: str) -> bool:
    """Whether this is a company's whole name, with its form."""
    return len(name) > 5 and name.endswith("公司")


def _heard(inner: str, before: str, flags: set[str], found: dict[str, str]) -> bool:
    """Whether a bracket says something that is known; it is written down."""
    if inner in _NOTES:
        flags.add(_NOTES[inner])
    elif former := _FORMER.match(inner):
        found["former"] = former[1]
    elif inner in _PLACES:
        found |= {"region": regions.whole(inner, _PLACES[inner]), "code": _PLACES[inner]}
    elif inner in _KIND_WORD:
        found["kind"] = _KIND_WORD[inner]
    elif _KINDS.get(inner, "company") != "company":
        found["kind"] = _KINDS[inner]
    elif len(inner) > 2 and (
        _PART.search(inner) or (_CAMPUS.search(inner) and _SITED.search(before))
    ):
        found["branch"] = key(inner)
    else:
        return False
    return True
