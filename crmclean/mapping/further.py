"""Further contacts of a row: 联系人2 with 手机2, 备用联系人 with 备用电话, 财务联系人 with 财务电话.

What stands with the name of a second person is his. Given to the first one it would be a wrong
number for him, so these columns are taken out before the others are assigned, and read once more as a
contact each. What is not certain of them stays without a field.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crmclean.headings import plain
from crmclean.mapping import detectors, forms, names, persons
from crmclean.mapping.scores import is_repeated
from crmclean.model import Field
from crmclean.plan import Column, Source
from crmclean.project import MOST_CONTACTS

_NUMBER = {"二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "second": "2", "2nd": "2", "third": "3", "3rd": "3"}  # fmt: skip
_CALLED = "联系人|联络人|对接人|接洽人|contact"
#: Where a heading says which person it is about: 第二联系人, 备用电话; 联系人2电话; 手机2.
_MARKS = (
    re.compile(
        r"(?P<head>)(?P<mark>第?[二三四五六2-9](?=[号个位]?(?:联|对|接|手|电))[号个位]?|备用|备选|其[他它]|另[一外]|"
        r"second(?:ary)?|2nd|third|3rd|other|alternate|backup)(?P<rest>.+)"
    ),
    re.compile(rf"(?P<head>.*(?:{_CALLED}))(?P<mark>[二三四五六2-9])(?P<rest>.+)"),
    re.compile(r"(?P<head>.*[^\d第])(?P<mark>[二三四五六2-9])(?P<rest>)"),
)
#: A person who is called by his work: 财务联系人, 技术对接人.
_BY_WORK = re.compile(rf"(?P<work>.{{2,6}})(?:{_CALLED})(?:姓名|名字)?")
#: So well must a heading name the contact to be the column of a person.
NAMED = 0.9


@dataclass(frozen=True)
class _Read:
    """A heading: which person it says, and what is left without that word."""

    mark: str
    bare: str
    text: str


#: The columns of one person, and what each would be called on a list of his own.
Person = list[tuple[Column, str]]


def further(source: Source, name: Field) -> list[Person]:
    """The columns of each further contact, his name first; those of the first one are not among them.
    `name`: the field of a contact's name."""
    read = [_read(column.heading) for column in source.columns]
    named = [n for n, one in enumerate(read) if _is_person(source.columns[n], one, name)]
    if not any(not read[n].mark for n in named):
        return []
    found: list[Person] = []
    first = next(n for n in named if not read[n].mark)
    for place in (n for n in named if n != first):
        facts = _facts(place, read)
        if read[place].mark or facts:
            told = [(source.columns[n], bare) for n, bare in facts.items()]
            found.append([(source.columns[place], "联系人"), *told])
    return _not_of_another_table(found, source)[:MOST_CONTACTS]


def _not_of_another_table(found: list[Person], source: Source) -> list[Person]:
    """Where not only persons stand a second time under the same headings, they may be those of
    another customer: of another table beside the first."""
    again = {column.number for column in source.columns if is_repeated(column, source)}
    told = {column.number for person in found for column, _ in person}
    return [person for person in found if person[0][0].number not in again or again <= told]


def _read(heading: str) -> _Read:
    text = plain(heading)
    for pattern in _MARKS:
        if hit := pattern.fullmatch(text):
            mark = re.sub(r"[第号个位]", "", hit["mark"])
            return _Read(_NUMBER.get(mark, mark), hit["head"] + hit["rest"], text)
    return _Read("", re.sub(r"(?<=\D)[1一]$", "", text), text)


def _is_person(column: Column, read: _Read, name: Field) -> bool:
    by_work = _BY_WORK.fullmatch(read.bare)
    if by_work and persons.OTHERS.search(by_work["work"]):
        by_work = None
    if not by_work and names.alias(forms.read(read.bare), name) < NAMED:
        return False
    rates = detectors.detect(column.samples)
    return not rates or rates["person_name"] >= persons.NAMES


def _facts(place: int, read: Sequence[_Read]) -> dict[int, str]:
    """The places of what is told of the person at `place`, and what each is: 手机, 邮箱."""
    person = read[place]
    by_work = _BY_WORK.fullmatch(person.bare)
    own = [person.text, *([by_work["work"]] if by_work else [])]
    found: dict[int, str] = {}
    for number, one in enumerate(read):
        if person.mark and one.mark == person.mark and number != place:
            fact = re.fullmatch(rf".*?({persons.FACT})", one.bare)
        else:
            fact = next((hit for who in own if (hit := _of(who, one.text))), None)
        if fact:
            found[number] = fact[1]
    return found


def _of(who: str, text: str) -> re.Match[str] | None:
    return re.fullmatch(rf"{re.escape(who)}(?:{_CALLED})?[的/]?({persons.FACT})", text)


def alone(source: Source, person: Person) -> Source:
    """A source with the columns of one person only, under the names that they have there."""
    return replace(source, columns=tuple(replace(c, heading=bare) for c, bare in person))
