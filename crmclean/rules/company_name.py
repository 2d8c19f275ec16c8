"""Company names as on the licence: full-width brackets, no stray marks, never shortened

A licence writes （）, no spaces between Chinese characters and nothing around the name. What
salespeople add — （已注销）, 作废, -重复 — is taken off and becomes an issue with its words: it
is news about the customer, not its name. Names of persons and of foreign firms pass.

Source: 《企业名称登记管理规定》 art. 6; dedupe.md C.1, C.3.

>>> clean("上海 某某 (中国)科技有限公司。"), clean("ＡＢＣ贸易有限公司"), clean("Acme Trading Co., Ltd.")
('上海某某（中国）科技有限公司', 'ABC贸易有限公司', 'Acme Trading Co., Ltd.')
>>> clean("某某商贸有限公司（已注销）").values, clean("某某商贸有限公司-重复").issues
({'': '某某商贸有限公司'}, [('COMPANY_ANNOTATION', None)])
>>> clean("甲贸易有限公司/乙科技有限公司")
Traceback (most recent call last):
ValueError: COMPANY_SEVERAL
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _company_notes, _mojibake, kept
from crmclean.rules._company_notes import HAN
from crmclean.rules.text import judged

FORM = _characters.LINE
_STRAY = "*#@★☆●■◆▲△※→;；。，,、:：!！?？`~^|\\\"'“”‘’ ·．…-—_=+＋<>《》"
#: In a name of letters and digits (７－１１) the signs are theirs.
_WIDE_SIGN = re.compile("(?<=[A-Za-z0-9])[－．＆＇＋／，](?= ?[A-Za-z0-9])")
_WIDE = {point + 0xFEE0: point for point in range(0x21, 0x7F)}
_QUOTES = str.maketrans("", "", '“”‘’"《》<>')
_LICENCE = str.maketrans("()[]【】〔〕﹙﹚", "（）（）（）（）（）")
_QUOTED = re.compile('“[^“”]+”|"[^"]+"|《[^《》]+》|‘[^‘’]+’|<[^<>]+>')
_WRAPPED = re.compile(
    r"[【\[]([^【】\[\]]+)[】\]]|《([^《》]+)》|“([^“”]+)”|[（(]((?:[^（）()]|[（(][^（）()]*[）)])+)[）)]"
)
_SEVERAL = re.compile(rf"(?:公司|厂|合作社) ?[/、;；,，|] ?[{HAN}]{{2,}}(?:公司|厂|合作社)")
_TRAILING = re.compile(r"[（(]?(?:\+?86)?1[3-9][0-9]{9}[）)]?")
_LOST = re.compile(rf"[{HAN}][?？]+[{HAN}]|^[?？]|[?？]{{2}}")
#: What people type to try a system: 测试客户123, test, Demo Company. Never a part of a name.
_TEST = (
    r"(?i:测试|试用|演示|test|demo)[ _-]?(?:[0-9]{0,8}|"
    r"(?:专用)?(?i:客户|公司|企业|用户|账号|账户|数据|门店|customer|company|account|user)"
    r"[ _-]?(?:[0-9]{0,8}|[A-Za-z一二三四五]))"
)
_DOUBT = (
    rf"[()\[\]【】{{}}?？]|[{HAN}（）] [{HAN}（）]|\A[{re.escape(_STRAY)}]|[^.A-Za-z0-9{HAN}）]\z"
    rf"|[A-Za-z0-9][－．＆＇＋／，]|\A[^{HAN}]*[！-～][^{HAN}]*\z|[{HAN}）]\.+\z|[/|、;；]|[0-9]{{11}}| [（）]|[（）] |{_company_notes.DOUBT}|\A{_TEST}\z"
)
#: Words that end a name: up to them, a space before the last piece is a slip.
_END = rf"([{HAN}（）]) ([{HAN}（）]*(?:公司|厂|店|社|所|院|中心|集团))\z"


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """No half-width brackets, spaces, stray marks, annotations, several names, phone numbers."""
    return _characters.are_lines(values, _DOUBT)


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces, brackets around Chinese, a full stop at the end."""
    tidy = _characters.tidy_column(values)
    for pattern, mended in (
        (rf"([{HAN}]) ?\(([{HAN}]+)\) ?", r"\1（\2）"),
        (_END, r"\1\2"),
        (_END, r"\1\2"),
        (rf"([{HAN}）])[。，；;]\z", r"\1"),
    ):
        tidy = pc.replace_substring_regex(tidy, pattern, mended)
    return tidy


def clean(text: str, /, **_: object) -> str | Parts:
    """The name. Raises ValueError COMPANY_SEVERAL, TEXT_LOST_CHARACTERS."""
    tidy = _characters.tidy(text)
    if _mojibake.is_lost(tidy) or _LOST.search(tidy):
        raise ValueError("TEXT_LOST_CHARACTERS")
    name, notes = _bare(tidy)
    if not name:
        return kept(tidy, "COMPANY_STRANGE") if notes else ""
    if _SEVERAL.search(name) or _company_notes.is_two(name):
        raise ValueError("COMPANY_SEVERAL")
    issues = _issues(name, notes)
    return Parts({"": name}, issues) if issues else name


def _issues(name: str, notes: list[str]) -> list[tuple[str, str | None]]:
    judgement = judged(name)
    issues = list(judgement.issues) if isinstance(judgement, Parts) else []
    issues += [("COMPANY_ANNOTATION", None)] * bool(notes)
    strange, suggestion = _company_notes.strange(name)
    issues += [("COMPANY_TEST", None)] * bool(re.fullmatch(_TEST, name))
    if _TRAILING.search(name):
        issues.append(("COMPANY_HOLDS_PHONE", suggestion))
    elif strange:
        issues.append(("COMPANY_STRANGE", suggestion))
    return issues


def _bare(name: str) -> tuple[str, list[str]]:
    """The name without spaces, stray marks and annotations, and the annotations."""
    notes: list[str] = []
    previous = None
    while name != previous:
        previous = name
        name = _company_notes.closed(_characters.tidy(_stripped(name)))
        name, found = _company_notes.without(name)
        notes += found
    return name, notes


def _stripped(name: str) -> str:
    """Without marks around it; *ST is the mark of a listed company in trouble."""
    wrapped = _WRAPPED.fullmatch(name)
    name = wrapped[wrapped.lastindex] if wrapped else name
    if not re.search(f"[{HAN}]", name):
        return name.translate(_WIDE).strip(' *#;；。，,、"“”')
    name = _WIDE_SIGN.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), name)
    mark = "*" if name.startswith("*ST") else ""
    bare = name.strip(_STRAY)
    if any(pair not in bare for pair in _QUOTED.findall(name)):  # “某某”贸易: a pair stays whole
        bare = name.strip(_STRAY.translate(_QUOTES))
    name = mark + _brackets(bare)
    return re.sub(rf"(?<=[{HAN}）])\.+$", "", name)


def _brackets(name: str) -> str:
    """Half-width and square brackets become full-width, as a licence has them."""
    name = name.translate(_LICENCE)
    return re.sub(" *（ *", "（", re.sub(" *） *", "）", name))
