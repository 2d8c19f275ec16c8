"""The grammar of person names: surname, given name, title.

王总, 李经理 and 张女士 are a surname and a title: they name nobody by themselves and are compared as
such. Compound surnames (欧阳, 司马) are known. A name alone never proves a person (张伟 stands for some
290,000 people): frequency weighs it.
"""

import re
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import words

_COMPOUND = words.listed("surnames")
_TITLES = words.affixes("titles")
_TITLE_ENDS = "".join(sorted({title[-1] for title in _TITLES.words}))
_BRACKET = re.compile(r"[(\[].*?[)\]]")
_HAN = re.compile(r"^[\u3400-\u9fff·]+$")
_ENGLISH_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof)\b\.?\s*|\s*,?\s*\b(?:jr|sr|phd)\b\.?$")


class Person(NamedTuple):
    """`full` is what is compared: surname and given name, or the surname and its title."""

    surname: str = ""
    given: str = ""
    title: str = ""
    full: str = ""


def full(names: pa.Array) -> pa.Array:
    """What is compared of each name in plain form: `Person.full`. Three Chinese characters or more that
    end with no title are that themselves."""
    bare = pc.and_(
        pc.match_substring_regex(names, r"^[\x{3400}-\x{9fff}]{3,}$"),
        pc.invert(pc.match_substring_regex(names, f"[{_TITLE_ENDS}]$")),
    )
    others = pc.invert(bare)
    found = [parse(name).full for name in names.filter(others).to_pylist()]
    return pc.replace_with_mask(names, others, pa.array(found, pa.string()))


def parse(name: str) -> Person:
    """The parts of a person's name in plain form (`text.plain`).

    >>> parse("王总"), parse("欧阳明经理").given, parse("mr. John Smith").full
    (Person(surname='王', given='', title='总', full='王总'), '明', 'john smith')
    """
    name = _BRACKET.sub("", name).strip()
    compact = name.replace(" ", "")
    if not _HAN.match(compact):
        return _latin(name.lower())
    title = _TITLES.suffix(compact, leave=1)
    bare = compact[: -len(title)] if title else compact
    if (
        len(title) == 1 and len(bare) == 2 and bare not in _COMPOUND
    ):  # 王建工 is a name, 王工 an engineer
        title, bare = "", compact
    if len(bare) == 2 and bare[0] in "老小" and bare not in _COMPOUND:
        return Person(bare[1], "", title or bare[0], bare[1] + (title or bare[0]))
    size = 2 if bare[:2] in _COMPOUND else 1
    surname, given = bare[:size], bare[size:]
    return Person(surname, given, title, bare if given else surname + title)


def _latin(name: str) -> Person:
    tokens = re.sub(r"[^\w\s]", " ", _ENGLISH_TITLE.sub("", name)).split()
    if not tokens:
        return Person(full=name)
    return Person(tokens[-1], " ".join(tokens[:-1]), "", " ".join(tokens))
