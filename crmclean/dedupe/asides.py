"""What stands beside a company's name: brackets and notes, with all they say.

A bracket may hold the region, the legal kind, a former name, a shop or campus, or a clerk's note
(作废, 联系不上); what follows a dash or a star at the end is a note too.
"""

import re
from typing import NamedTuple

from crmclean.dedupe import words
from crmclean.dedupe.branches import key

_PLACES, _KINDS, _NOTES = map(words.table, ("places", "forms", "annotations"))
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_FORMER = re.compile(r"^(?:原名?|曾用名|旧名|前身)[::为是]?(.{2,})$")
_PART = re.compile(r"(?:店|[校院园厂]区|[分支][店行部园校院])$")
_STARS = "★☆●▲■◆※#"
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


def read(name: str) -> Asides:
    """Take brackets and notes off a name in plain form (`text.plain`)."""
    flags: set[str] = set()
    found: dict[str, str] = {}
    whole = name
    if "(" in name or "[" in name:
        for hit in list(_BRACKET.finditer(name)):
            inner = hit[1].strip()
            if _heard(inner, flags, found) or inner in _SILENT:
                continue
            if hit.start() > 5 and hit.end() == len(whole) and name[: hit.start()].endswith("公司"):
                flags.add("note")  # nothing else follows a whole name
            else:
                name = name.replace(f"({inner})", inner, 1).replace(f"[{inner}]", inner, 1)
        name = _BRACKET.sub("", name)
    end = _NOTE_END.search(name)
    while end and (
        end[1] in _NOTES or (name[: end.start()].endswith("公司") and end[0].lstrip()[0] in _STARS)
    ):
        flags.add(_NOTES.get(end[1], "note"))
        name = name[: end.start()]
        end = _NOTE_END.search(name)
    return Asides(name.strip(" -_/*★☆") or name, ",".join(sorted(flags)), **found)


def _heard(inner: str, flags: set[str], found: dict[str, str]) -> bool:
    """Whether a bracket says something that is known; it is written down."""
    if inner in _NOTES:
        flags.add(_NOTES[inner])
    elif former := _FORMER.match(inner):
        found["former"] = former[1]
    elif inner in _PLACES:
        found |= {"region": inner, "code": _PLACES[inner]}
    elif inner in _KIND_WORD:
        found["kind"] = _KIND_WORD[inner]
    elif _KINDS.get(inner, "company") != "company":
        found["kind"] = _KINDS[inner]
    elif len(inner) > 2 and _PART.search(inner):
        found["branch"] = key(inner)
    else:
        return False
    return True
