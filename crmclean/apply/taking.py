"""Which answers of a file are news to the state, and what must be told of them."""

from typing import Any, NamedTuple

from crmclean.apply.rows import Refused, Taken
from crmclean.decisions import State

#: What names the subject of an entry of each kind, and what is its answer.
SUBJECT = {
    "pairs": ("object", "left", "right"),
    "owners": ("object", "record"),
    "values": ("object", "golden", "field"),
}
ANSWER = {"pairs": "verdict", "owners": "owner", "values": "value"}


class News(NamedTuple):
    """`new`: what says something else than the last entry on its subject; `split`: what its file
    says in two ways, none of which is taken; `changed`: what was answered otherwise before."""

    new: list[Taken]
    split: list[Taken]
    changed: list[Taken]

    @property
    def notes(self) -> list[Refused]:
        noted = [item.told(item.note) for item in self.new if item.note]
        return noted + [item.told("APPLY_CHANGED") for item in self.changed]


def news(kind: str, items: list[Taken], state: State) -> News:
    """What a file says, against what the state knows."""
    latest = {_subject(kind, entry): entry for entry in state.entries(kind)}
    said: dict[tuple, dict[str | None, Taken]] = {}
    for item in items:
        said.setdefault(_subject(kind, item.entry), {})[item.entry[ANSWER[kind]]] = item
    split = [item for item in items if len(said[_subject(kind, item.entry)]) > 1]
    sure = {subject: item for subject, own in said.items() for item in own.values() if len(own) < 2}
    new = {s: item for s, item in sure.items() if latest.get(s) != item.entry}
    changed = [item for s, item in new.items() if _differs(kind, latest.get(s), item.entry)]
    return News(list(new.values()), split, changed)


def _subject(kind: str, entry: dict[str, Any]) -> tuple:
    return tuple(entry.get(name) for name in SUBJECT[kind])


def _differs(kind: str, before: dict[str, Any] | None, now: dict[str, Any]) -> bool:
    """Whether an answer is another one than before, of the same record as it was."""
    if before is None or before.get("seen") != now.get("seen"):
        return False
    return before.get(ANSWER[kind]) != now[ANSWER[kind]]
