"""Headings of columns: their plain form, and which column of a source a person means.

People write a heading in crmclean.yaml as they see it in Excel; the file may hold it with a line
break, a star for "required", full-width brackets, or under a merged heading (联系方式/手机). Both
sides are brought to one plain form. It is a key for finding, never a heading to show.
Forms: dirty-input.md C3, steps 1 and 8.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from crmclean.model import shipped_model
from crmclean.plan import Column, Source

_NOTES = re.compile(r"[(\[【](?:必填|选填|必选|可选|required|optional|\*)[)\]】]")
_DECORATION = re.compile(r"[\s*:()\[\]【】<>《》\"'“”‘’_\-—.,、。?!#]+")


def plain(heading: str) -> str:
    """The form in which headings are compared: NFKC, lower case, without spaces and decoration.

    >>> plain("＊客户 名称（必填）：") == plain("客户名称")
    True
    >>> plain("Cust_Name")
    'custname'
    """
    text = unicodedata.normalize("NFKC", heading).lower()
    return _DECORATION.sub("", _NOTES.sub("", text))


def is_known(heading: str) -> bool:
    """Whether a text is a heading of the shipped model, however it is decorated."""
    return plain(heading) in _plain_words()


@cache
def known_words() -> frozenset[str]:
    """Headings of the shipped model as they are written."""
    owners = shipped_model().values()
    fields = [known for owner in owners for known in owner.fields.values()]
    return frozenset(w for known in fields for w in (*known.label.values(), *known.aliases))


@cache
def _plain_words() -> frozenset[str]:
    more = {"序号", "编号", "姓名", "日期", "no", "id"}
    return frozenset(plain(word) for word in known_words() | more)


def segments(heading: str) -> list[str]:
    """The heading, then its last part where several header rows were joined with "/"."""
    last = heading.rsplit("/", 1)[-1].strip()
    return [heading, last] if last and last != heading else [heading]


def candidates(source: Source, name: str) -> list[Column]:
    """The columns that `name` may mean: by the exact heading, else its last part, else plain.

    One column: found. None: unknown. Several: a person must say which.
    """
    wanted = plain(name)
    tiers = (
        lambda heading: heading == name,
        lambda heading: segments(heading)[-1] == name,
        lambda heading: plain(heading) == wanted,
        lambda heading: plain(segments(heading)[-1]) == wanted,
    )
    for matches in tiers:
        found = [column for column in source.columns if matches(column.heading)]
        if found:
            return found
    return []


def find(source: Source, name: str) -> Column | None:
    """The one column that `name` means, or None."""
    found = candidates(source, name)
    return found[0] if len(found) == 1 else None


def fingerprint(headings: Iterable[str]) -> str:
    """A short hash of the plain headings in order: the same next month, or the file has changed."""
    text = "\n".join(plain(heading) for heading in headings)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
