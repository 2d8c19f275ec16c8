"""The grammar of company names: region, brand, trade, form, branch, ordinal.

By law a name is 行政区划 + 字号 + 行业 + 组织形式, the region in front, in brackets or before the
form; a branch carries its parent's name in front (《企业名称登记管理规定》, arts. 6 and 13). Whether two
names mean one company is asked part by part: 一厂 and 二厂 differ in one character, 上海华星 and
华星（上海） in none. What official comparison calls the same and the similar: 工商企注字〔2017〕133号.

A form that also says the trade (小学, 银行, 律师事务所) stays in the core: 育才小学 is not 育才中学, but
博爱医院 is 博爱医院有限公司. Trade is split off for keys and display and is not a comparison of its
own (measured to cost 0.02 F1: brand and trade are not independent). Values are read one by one,
but only distinct ones.
"""

import re
from functools import cache
from typing import NamedTuple

from crmclean.dedupe import asides, branches, latin, words

_PLACES, _FORMS, _TRADES = map(words.affixes, ("places", "forms", "trades"))
_PLACE_CODES, _KINDS = words.table("places"), words.table("forms")
_SPEAKING = frozenset(form for form, says in words.table("forms", 2).items() if says)
_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LEADING_FORM = re.compile(r"^(个体工商户|个体户|株式会社|有限会社)(.{2,})$")
_SUFFIXED = re.compile(r"^(.{2,})[省市区县]$")
_ZONE = re.compile(
    r"^(?:中国|(?!华|新)[^区]{0,4}?)?(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|综合保税区|"
    r"保税港区|保税区|自由贸易试验区|自贸区|高新区|开发区|工业园区)"
)
_MUNICIPALITIES = ("11", "12", "31", "50")
_ANY_TRADE = (
    "代理",
    "咨询",
    "设计",
    "维修",
    "安装",
    "运输",
    "制造",
    "生产",
    "加工",
    "销售",
    "经营",
    "贸易",
    "发展",
    "服务",
    "工程",
    "技术",
    "科技",
    "管理",
)
_CORPS = re.compile(r"^生产建设兵团(?:第?[一二三四五六七八九十\d]+师)?")


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


def parse(name: str) -> Parts:
    """The parts of a name in simplified characters, NFKC width and lower case (`text.plain`).

    >>> parse("上海华星电子科技有限公司")[:6]
    ('上海', '华星电子科技', '华星', '电子科技', '有限公司', 'company')
    >>> parse("华星电子(上海)有限公司").region, parse("华星电子(上海)有限公司").core
    ('上海', '华星电子')
    >>> parse("上海第三机床厂").ordinal, parse("三一重工股份有限公司").ordinal
    ('3', '')
    >>> parse("华为技术有限公司深圳分公司").branch, parse("杭州育才小学").core
    ('深圳分公司', '育才小学')
    """
    if not _HAN.search(name):
        return Parts(**latin.parts(name))
    name = _SPACE.sub("", name)
    beside = asides.Asides(name) if name.isalnum() else asides.read(name)
    head, branch = branches.split(beside.name)
    rest, form = _form(head)
    spoken = form if form in _SPEAKING else ""
    region, code, rest = _regions(rest, beside.region, beside.code, spoken)
    rest = branches.without_number(_without_country(rest), form)
    brand, trade = _brand(rest)
    return Parts(
        region, rest + spoken, brand, trade + spoken, form, beside.kind or _KINDS.get(form, ""),
        branch or beside.branch, branches.ordinal(name), code, beside.flags, beside.former,
    )  # fmt: skip


def _form(name: str) -> tuple[str, str]:
    """The name without its organisation form, and the form; 集团, 股份 before a form go with it."""
    if name.startswith(("个", "株", "有")) and (found := _LEADING_FORM.match(name)):
        return found[2], found[1]
    form = _FORMS.suffix(name, leave=1)
    rest = name[: -len(form)] if form else name
    for word in ("集团", "控股", "股份"):
        if form and rest.endswith(word) and len(rest) - len(word) >= 2:
            rest = rest[: -len(word)]
    return rest, form


def _regions(name: str, region: str, code: str, spoken: str) -> tuple[str, str, str]:
    """Places at the front, each inside the one before, else one at the end, taken off while two
    characters remain: 吉林市江城机械 is not in 江城县. A trade alone keeps its place: 长春商贸."""
    last, found = "", _place(name, code)
    while found:
        last, name = found, name[len(found) :]
        own = _PLACE_CODES.get(found) or _within(code).get(found, "")
        wider = 0 < len(own) < len(code)  # 上海 in front and 浦东 in brackets
        if not region.startswith(found):
            region = found + region if wider else region + found
        code = max(code, own, key=len)
        found = _place(name, code)
    if not last and (found := _PLACES.suffix(name)) and _PLACE_CODES[found] and not region:
        return found, _PLACE_CODES[found], name[: -len(found)]
    if code and (zone := _zone(name)):
        return region + zone.removeprefix("中国"), code, name[len(zone) :]
    if last and not spoken and _says_trade_only(name):
        short = _SUFFIXED.match(last)
        name = (short[1] if short else last) + name
    return region, code, name


def _place(name: str, code: str) -> str:
    """The place that a name begins with, if it can lie in the place before it. Inside a city its
    districts are known by their short names too (宁波市鄞州…), if more than a trade follows."""
    found = _PLACES.prefix(name)
    if found and _on_one_line(code, _PLACE_CODES[found]):
        return found
    for size in (2, 3):
        short = name[:size]
        if code and len(name) > size + 1 and short in _within(code):
            return "" if _says_trade_only(name[size:]) else short
    return ""


def _within(code: str) -> dict[str, str]:
    """Short names of the districts and counties of a city, or of the cities of a province, to their
    codes."""
    return _all_within().get(code, {})


@cache
def _all_within() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for place, code in _PLACE_CODES.items():
        if len(code) == 6 and len(place) > 2 and place[-1] in "区县市":
            found.setdefault(code[:4], {})[place[:-1]] = code
            if place[-1] == "市" or code.startswith(_MUNICIPALITIES):
                found.setdefault(code[:2], {})[place[:-1]] = code
    return found


def _zone(name: str) -> str:
    """A development zone at the front, two characters remaining."""
    found = _ZONE.match(name) if "区" in name else None
    found = found or (_CORPS.match(name) if "兵团" in name else None)
    return found[0] if found and len(name) >= found.end() + 2 else ""


def _without_country(core: str) -> str:
    """3M中国有限公司 is 3M（中国）有限公司."""
    return core[:-2] if core.endswith("中国") and len(core) > 3 else core


def _on_one_line(code: str, other: str) -> bool:
    """Whether one place lies in the other; a name that several places carry may."""
    return code.startswith(other) or other.startswith(code)


def _brand(core: str) -> tuple[str, str]:
    """Brand and trade: trade words are taken off the end while two characters remain; 中国 alone
    is nobody's brand."""
    brand = core
    while found := _TRADES.suffix(brand):
        if brand[: -len(found)] == "中国":
            break
        brand = brand[: -len(found)]
    return brand, core[len(brand) :]


def _says_trade_only(text: str) -> bool:
    """Whether a text is one trade word, or one and a word that any trade may take (轴承 + 制造)."""
    if text in _TRADES.words or text in _FORMS.words:
        return True
    return text.endswith(_ANY_TRADE) and text[:-2] in _TRADES.words
