"""The rows of a sheet of owner conflicts that came back: who keeps each customer."""

import re
from collections.abc import Iterator

from crmclean.apply.rows import Refused, Row, Taken
from crmclean.apply.values import checked
from crmclean.apply.words import ACCEPTS, VERDICTS, meant, plain
from crmclean.model import Field, Object

CLAIMED_HEADINGS = ("目前的负责人", "Claimed by")
LISTED, SEVERAL = "；", re.compile("[;；,，、/|&\n]")
OWNER_HEADINGS = ("owner", "归属人", "负责人", "新负责人", "Owner")


def owners(
    sheet: str, rows: list[tuple[int, Row]], model: dict[str, Object]
) -> Iterator[Taken | Refused]:
    """Who keeps each customer; one who has none of them is taken, and told: it may be a slip."""
    known = {name for _, row in rows for name in _claimed_by(row)}
    for number, row in rows:
        heading = next((name for name in OWNER_HEADINGS if name in row), "")
        word = (row.get(heading) or "").strip()
        if row["object"] not in model or not row["record"]:
            yield Refused(sheet, number, "", "APPLY_ROW_UNKNOWN")
        elif not word:
            yield Taken("owners", None)
        elif word in known or _is_somebody(word, model[row["object"]].fields["owner"]):
            entry = {"object": row["object"], "record": row["record"], "owner": word}
            note = "" if word in known or not known else "APPLY_NEW_OWNER"
            yield Taken("owners", entry, sheet, number, heading, note)
        else:
            yield Refused(sheet, number, heading, "APPLY_BAD_OWNER")


def _claimed_by(row: Row) -> list[str]:
    listed = next((row[name] or "" for name in CLAIMED_HEADINGS if name in row), "")
    return [name for name in listed.split(LISTED) if name]


def _is_somebody(word: str, field: Field) -> bool:
    """Whether a word may be one owner: no word for nothing, no answer to another question, no list."""
    answer = meant(plain(word), VERDICTS) or meant(plain(word), ACCEPTS)
    if answer or not any(map(str.isalpha, word)) or SEVERAL.search(word):
        return False
    try:
        return bool(checked(word, field))
    except ValueError:
        return False
