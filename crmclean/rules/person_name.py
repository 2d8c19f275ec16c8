"""Names of persons: without spaces inside, without titles; several persons are told apart

张 三 is 张三; 张三（经理） is 张三 with a title; 王芳女士 is 王芳, 女. 张总 and 李经理 stay: the
given name is not there, and nobody may invent it. A mobile in the cell becomes a part. Several
persons in one cell become several records where the field names a record (`several: records`),
and stay together elsewhere, with an issue.

Source: dirty-input.md M03, M11; dedupe.md C.3 (persons).

>>> clean("张 三"), clean("欧阳　娜娜"), clean("John  Smith"), clean("阿依古丽·买买提")
('张三', '欧阳娜娜', 'John Smith', '阿依古丽·买买提')
>>> clean("张三（总经理）").values, clean("王芳女士").values
({'': '张三', 'title': '总经理'}, {'': '王芳', 'gender': '女'})
>>> clean("张三、李四", several="records").more
[{'': '李四'}]
>>> clean("张总").issues
[('PERSON_INCOMPLETE', None)]
>>> clean("13812345678")
Traceback (most recent call last):
ValueError: PERSON_IS_A_NUMBER
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _people, kept
from crmclean.rules.text import judged
from crmclean.tables import FURTHER

_HAN = "\u3400-\u9fff"
FORM = _characters.LINE
#: Two to four Chinese characters that end in nothing like a title need no look.
_PLAIN = rf"\A[{_HAN}]{{2,4}}\z|\A[A-Z][a-z]+(?: [A-Z][a-z]+){{1,2}}\z|\A[{_HAN}]+·[{_HAN}]+\z"
_ENDINGS = (
    rf"{_people.ROLE}|\A[老小阿]"
    r"|(?:先生|女士|小姐|太太|总|工|哥|姐|叔|姨|董|科|处|局|老|公司|店|厂|[男女])\z"
    rf"|(?:{_people._NEARBY})\z|\A(?:[找转]|联系)"
)
_BETWEEN = re.compile(
    rf" *[/、,，;；|&+] *| 和 |(?<=[{_HAN}]{{2}})和(?=[{_HAN}]{{2}})|(?<=[{_HAN}]{{2}}) (?=[{_HAN}]{{2}})"
    rf"|(?<=[0-9]{{8}}) (?=[{_HAN}])"
)
_DOTS = re.compile(rf"(?<=[{_HAN}]{{2}})[•‧・．.](?=[{_HAN}]{{2}})")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})(?![0-9])")
_MARKS = " .,，。、;；:：-—_/()（）*\"'"
_COMPANY = re.compile("公司|集团|有限|事务所|合作社|商行|经营部|工厂")
_ODD = re.compile(
    rf"[{_HAN}] [{_HAN}]|[{_HAN}][-_—][{_HAN}]|[A-Za-z][{_HAN}]|[{_HAN}][A-Za-z]"
    r"|[^\w ·•.,'’、()（）_-]|[0-9]"
)
_WRAPPED = re.compile(r"[(（【\[“]([^()（）【】\[\]“”]+)[)）】\]”]")


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Everything but plain names of two to four characters without a title."""
    plain = pc.match_substring_regex(values, _PLAIN)
    titled = pc.match_substring_regex(values, rf"{_ENDINGS}|{_characters.SUSPECT}")
    return pc.or_(pc.invert(plain), titled)


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """A space inside a short Chinese name."""
    tidy = _characters.tidy_column(values)
    return pc.replace_substring_regex(tidy, rf"\A([{_HAN}]) ([{_HAN}])\z", r"\1\2")


#: So many persons of a cell become records: their numbers must fit into a row's (`tables.FURTHER`).
MOST = FURTHER


def clean(text: str, several: str = "keep", **_: object) -> str | Parts:
    """The name, with title, gender, mobile, remark as parts. `several`: keep or records.

    Raises ValueError PERSON_IS_A_NUMBER, PERSON_STRANGE, TEXT_LOST_CHARACTERS."""
    plain = _bare(_characters.tidy(text))
    if not plain.strip("* "):
        return ""
    if not any(map(str.isalpha, plain)):
        raise ValueError("PERSON_IS_A_NUMBER")
    if re.search(r"[*＊]", plain):
        raise ValueError("PERSON_STRANGE")
    if re.search(rf"[{_HAN}]\?|\?[{_HAN}]", plain):
        raise ValueError("TEXT_LOST_CHARACTERS")
    people = [word for word in _BETWEEN.split(plain) if word]
    if len(people) > 1 and all(_is_person(word) for word in people):
        return _several(people, several)
    return _one(plain)


def _bare(text: str) -> str:
    """Without marks around it. A star before a whole name marks it; any other one masks it."""
    previous = None
    while text != previous:
        previous = text
        text = _characters.tidy(text.strip("#;；。，,、\"' "))
        wrapped = _WRAPPED.fullmatch(text)
        text = wrapped[1] if wrapped else text
        if text.startswith("*") and _people.is_full_name(text.lstrip("* ")):
            text = text.lstrip("* ")
    text = _DOTS.sub("·", text)
    return text[:-1] if re.fullmatch(f"[{_HAN}]{{2,}}[.．]", text) else text


def _one(plain: str) -> str | Parts:
    hit = _MOBILE.search(plain)
    if hit:
        name = _without(plain, hit)
        if not _people.is_name(name):
            return kept(plain, "PERSON_STRANGE")
        return Parts({**_values(name), "mobile": re.sub("[- ]", "", hit[1])}, _flags(name))
    values = _values(_people.closed(plain))
    issues = _flags(values[""])
    return Parts(values, issues) if issues or len(values) > 1 else values[""]


def _without(plain: str, hit: re.Match[str]) -> str:
    return _people.closed((plain[: hit.start()] + " " + plain[hit.end() :]).strip(_MARKS))


def _values(name: str) -> dict[str, str]:
    """The name and what stands with it: a title, a gender, a note in brackets."""
    split = _people.split_title(name)
    if split is None:
        return {"": name}
    bare, said = split
    if _people.is_beside(bare):
        return {"": name}
    if said in _people.GENDERS:
        return {"": bare, "gender": _people.GENDERS[said]}
    return {"": bare, "title" if _people.names_title(said) else "remark": said}


def _flags(name: str) -> list[tuple[str, str | None]]:
    judgement = judged(name)
    issues = list(judgement.issues) if isinstance(judgement, Parts) else []
    if _people.is_addressed(name):
        issues.append(("PERSON_INCOMPLETE", None))
    elif _COMPANY.search(name):
        issues.append(("PERSON_IS_A_COMPANY", None))
    elif _is_strange(name):
        issues.append(("PERSON_STRANGE", None))
    return issues


def _is_strange(name: str) -> bool:
    if re.search("[0-9]", name) or not 2 <= len(name) <= 40:
        return True
    return _people.holds_role(name) or _people.is_beside(name) or _ODD.search(name) is not None


def _several(people: list[str], several: str) -> Parts:
    if several != "records" or len(people) > MOST:
        return kept("、".join(_people.closed(one) for one in people), "PERSON_SEVERAL")
    first, *more = [_person(one) for one in people]
    return Parts(first.values, first.issues, [one.values for one in more])


def _person(text: str) -> Parts:
    read = _one(text)
    return read if isinstance(read, Parts) else Parts({"": read})


def _is_person(word: str) -> bool:
    hit = _MOBILE.search(word)
    return _people.is_name(_without(word, hit) if hit else _people.closed(word))
