"""The grammar of company names: region, brand, trade, form, branch, ordinal.

By law a name is 行政区划 + 字号 + 行业 + 组织形式, the region in front, in brackets or before the
form; a branch carries its parent's name in front (《企业名称登记管理规定》, arts. 6 and 13). Whether two
names mean one company is asked part by part: 一厂 and 二厂 differ in one character, 上海华星 and
华星（上海） in none. What official comparison calls the same and the similar: 工商企注字〔2017〕133号.

Numerals are read only inside an ordinal (第二, 三厂, 4局), never in a brand: 三一重工 stays. Trade is
split off for keys and display and is not a comparison of its own (measured to cost 0.02 F1:
brand and trade are not independent). Values are read one by one, but only distinct ones.
"""

import re
from typing import NamedTuple

from crmclean.dedupe import words

_PLACES, _FORMS, _TRADES = map(words.affixes, ("places", "forms", "trades"))
_PLACE_CODES, _KINDS, _NOTES = map(words.table, ("places", "forms", "annotations"))


class Parts(NamedTuple):
    """The parts of one name; "" where a part is missing.

    `core` is brand and trade together, what is compared; `code` the GB/T 2260 code of the region;
    `kind` the class of the form (company, individual, factory…); `flags` what a note in the name
    said (void, closed, duplicate, test…); `former` a former name given in brackets."""

    region: str = ""
    core: str = ""
    brand: str = ""
    trade: str = ""
    form: str = ""
    kind: str = ""
    branch: str = ""
    ordinal: str = ""
    code: str = ""
    flags: str = ""
    former: str = ""


_NUMERAL = "一二三四五六七八九十百零〇两壹贰叁肆伍陆柒捌玖拾"
_ORDINAL = re.compile(
    rf"第(?P<a>[{_NUMERAL}\d]+?(?=零售|[^{_NUMERAL}\d]|$))|(?<![统唯万天如合归同德\d])(?P<b>[{_NUMERAL}]{{1,3}}|\d{{1,4}})"
    r"(?=分?厂|分?店|分公司|分院|分行|分部|分校|号(?:店|厂|楼|院|库|仓)|车间|建(?:筑|设|$|公司|集团)|冶|局|院|"
    r"中(?:学|$)|小(?:学|$)|矿|校区?|期|队|站|库|机床)"
)
_HAS_NUMERAL = re.compile(rf"[{_NUMERAL}\d]")
_BRANCH_WORDS = (
    "分公司|支公司|子公司|分行|支行|分店|分厂|分院|分校|分部|分社|分所|分局|分理处|办事处|代表处|联络处|"
    "门店|旗舰店|体验店|加盟店|直营店|专柜|营业部|营业厅|营业所|经营部|销售部|服务部|门市部|事业部|项目部|"
    "服务站|加油站|储蓄所|大药房|药房|超市|商场|餐厅|宾馆|医院|工厂|厂|店"
)
_WHOLE = "有限责任公司|股份有限公司|有限公司|股份公司|集团公司|总公司|公司|集团(?!.*(?:有限|股份)公司)|合作社|银行|信用社|联社"
_BRANCH_AFTER = re.compile(
    rf"^(?P<head>.{{2,}}?(?:{_WHOLE}))(?P<branch>(?!有限|股份|集团|控股).{{0,24}}?(?:{_BRANCH_WORDS}))$"
)
_BRANCH_BARE = re.compile(r"^(?P<head>.+?)(?P<tail>分公司|支公司|办事处|代表处|联络处|分店)$")
_BRANCH_END = tuple(_BRANCH_WORDS.split("|"))
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_FORMER = re.compile(r"^(?:原名?|曾用名|旧名|前身)[::为是]?(.{2,})$")
_NOTE_END = re.compile(r"[-_/\s*]+([^-_/\s*]+)$")
_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_FORM = re.compile(
    r"[\s,.]*\b(?:co\.?[\s,]*(?:ltd|limited|inc)|company(?:[\s,]+(?:ltd|limited))?|limited|ltd|inc|"
    r"incorporated|corp|corporation|llc|llp|plc|gmbh|ag|kg|s\.?a\.?r?\.?l?|b\.?v|n\.?v|pty|pte|oy|ab|"
    r"co|s\.?r\.?l|s\.?p\.?a|k\.?k|group|holdings?)\b[\s,.]*$"
)
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}


def parse(name: str) -> Parts:
    """The parts of a name in simplified characters, NFKC width and lower case (`text.plain`).

    >>> parse("上海华星电子科技有限公司")[:6]
    ('上海', '华星电子科技', '华星', '电子科技', '有限公司', 'company')
    >>> parse("华星电子(上海)有限公司").region, parse("华星电子(上海)有限公司").core
    ('上海', '华星电子')
    >>> parse("上海第三机床厂").ordinal, parse("三一重工股份有限公司").ordinal
    ('3', '')
    >>> parse("华为技术有限公司深圳分公司").branch
    '深圳分公司'
    """
    if not _HAN.search(name):
        return _latin(name)
    flags, former, region, code, kind = "", "", "", "", ""
    if not name.isalnum():
        name, flags, former, region, code, kind = _brackets(_SPACE.sub("", name))
    head, branch = _branch(name)
    rest, form = _form(head)
    if not rest:
        rest, form = head, ""
    region, code, rest = _regions(rest, region, code)
    ordinal = _ordinal(name)
    brand, trade = _brand(rest)
    kind = kind or _KINDS.get(form, "")
    return Parts(region, rest, brand, trade, form, kind, branch, ordinal, code, flags, former)


def number(text: str) -> str:
    """A Chinese or Arabic numeral below a thousand as digits.

    >>> number("二十三"), number("十"), number("〇二"), number("4")
    ('23', '10', '2', '4')
    """
    if text.isdigit() and text.isascii():
        return str(int(text))
    text = text.replace("拾", "十")
    if "十" not in text and "百" not in text:
        return str(int("".join(str(_DIGITS[c]) for c in text)))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, units = rest.rpartition("十")
    total = 100 * _DIGITS.get(hundreds[:1], 1) if "百" in text else 0
    total += 10 * _DIGITS.get(tens[-1:], 1) if ten else 0
    return str(total + _DIGITS.get(units[-1:], 0))


def _latin(name: str) -> Parts:
    """English and other Latin names: the legal form goes, words stay, single-spaced."""
    name = _SPACE.sub(" ", name.replace("(", " (").replace(")", ") "))
    name, flags, former, region, code, kind = _brackets(name)
    stem, count = _LATIN_FORM.subn("", name)
    while count:
        kind = "company"
        stem, count = _LATIN_FORM.subn("", stem)
    core = " ".join(re.sub(r"[^\w\s&+]", " ", stem).split()) or name.strip()
    ordinal = "-".join(
        number(n) for n in re.findall(r"\b(?:no\.?\s*|plant\s+|factory\s+)(\d+)", name)
    )
    form = name[len(stem) :].strip(" ,.") if kind else ""
    return Parts(region, core, core, "", form, kind, "", ordinal, code, flags, former)


def _brackets(name: str) -> tuple[str, str, str, str, str, str]:
    """The name without its brackets and notes, and what stood in them."""
    flags, former, region, code, kind = [], "", "", "", ""
    if "(" in name or "[" in name:
        for inner in _BRACKET.findall(name):
            inner = inner.strip()
            if inner in _NOTES:
                flags.append(_NOTES[inner])
            elif found := _FORMER.match(inner):
                former = found[1]
            elif inner in _PLACE_CODES:
                region, code = inner, _PLACE_CODES[inner]
            elif _KINDS.get(inner, "company") != "company":
                kind = _KINDS[inner]
            elif inner not in ("中国", "集团", "china"):
                name = name.replace(f"({inner})", inner, 1).replace(f"[{inner}]", inner, 1)
        name = _BRACKET.sub("", name)
    found = _NOTE_END.search(name)
    while found and found[1] in _NOTES:
        flags.append(_NOTES[found[1]])
        name = name[: found.start()]
        found = _NOTE_END.search(name)
    return name.strip(" -_/*") or name, ",".join(sorted(set(flags))), former, region, code, kind


def _branch(name: str) -> tuple[str, str]:
    """The head office's name and the branch, "" where the name is not a branch's."""
    if not name.endswith(_BRANCH_END):
        return name, ""
    found = _BRANCH_AFTER.match(name)
    if found:
        return found["head"], _branch_key(found["branch"])
    found = _BRANCH_BARE.match(name)
    if not found:
        return name, ""
    head, place = _place_before(found["head"])
    return (head, _branch_key(place + found["tail"])) if head else (name, "")


def _branch_key(branch: str) -> str:
    """Branches in one spelling: 青岛市分公司 = 青岛分公司, 第二分公司 = 2分公司."""
    branch = _ORDINAL.sub(lambda hit: number(hit["a"] or hit["b"]), branch)
    place = _PLACES.prefix(branch)
    return place[:-1] + branch[len(place) :] if place[-1:] in ("市", "县", "省") else branch


def _place_before(head: str) -> tuple[str, str]:
    if place := _PLACES.suffix(head):
        return head[: -len(place)], place
    found = re.match(rf"^(.{{2,}}?)(第?[{_NUMERAL}\d]+)$", head)
    return (found[1], found[2]) if found else (head, "")


def _form(name: str) -> tuple[str, str]:
    """The name without its organisation form, and the form; 集团, 股份 before a form go with it."""
    form = _FORMS.suffix(name, leave=1)
    rest = name[: -len(form)] if form else name
    for word in ("集团", "控股", "股份"):
        if form and rest.endswith(word) and len(rest) - len(word) >= 2:
            rest = rest[: -len(word)]
    return rest, form


def _regions(name: str, region: str, code: str) -> tuple[str, str, str]:
    """Places at the front, each inside the one before, else one at the end, taken off while two
    characters remain: 吉林市江城机械 is not in 江城县. A trade alone keeps its place: 长春商贸."""
    start, found = name, _PLACES.prefix(name)
    while found and _on_one_line(code, _PLACE_CODES[found]):
        name = name[len(found) :]
        region = region if region.startswith(found) else region + found
        code = max(code, _PLACE_CODES[found], key=len)
        found = _PLACES.prefix(name)
    if not region and (found := _PLACES.suffix(name)) and _PLACE_CODES[found]:
        return found, _PLACE_CODES[found], name[: -len(found)]
    if name in _TRADES.words or name in _FORMS.words:
        name = start
    return region, code, name


def _on_one_line(code: str, other: str) -> bool:
    """Whether one place lies in the other; a name that several places carry may."""
    return code.startswith(other) or other.startswith(code)


def _ordinal(name: str) -> str:
    """All ordinals of a name, joined: 中铁四局第二工程公司 → 4-2."""
    if not _HAS_NUMERAL.search(name):
        return ""
    return "-".join(number(hit["a"] or hit["b"]) for hit in _ORDINAL.finditer(name))


def _brand(core: str) -> tuple[str, str]:
    """Brand and trade: trade words are taken off the end while two characters remain."""
    brand = core
    while found := _TRADES.suffix(brand):
        brand = brand[: -len(found)]
    return brand, core[len(brand) :]
