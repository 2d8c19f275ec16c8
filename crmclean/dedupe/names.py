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
from typing import NamedTuple

from crmclean.dedupe import abbreviations, asides, branches, latin, regions, words

_FORMS, _TRADES = map(words.affixes, ("forms", "trades"))
_KINDS = words.table("forms")
#: What a form says of the trade, in one spelling: 律所 is 律师事务所.
_SPOKEN = {form: says for form, says in words.table("forms", 2).items() if says}
_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_GROUP = re.compile(
    r"(?:控股|集团|股份)*(?:控股|集团)(?:控股|集团|股份|有限|责任|公司|总公司|\(|\)|$)+$"
)
_STATE = re.compile(r"^(?:国家税务总局|中华人民共和国)(?=.{2})")
_PUBLIC = re.compile(
    r"^(?:.*[局厅]|.*(?:政府|法院|检察院|委员会|派出所|海关|街道办事处|村委会|居委会)|"
    r"(?:市立|县立|第?[一二三四五六七八九十\d]+|人民|中心|中医|妇幼|实验|职业|技术|高级|初级|附属|机关)*"
    r"(?:医院|中医院|保健院|卫生院|中学|小学|学校|学院|幼儿园|高级中学|初级中学|职业学校|党校|养老院|福利院))$"
)
_LEADING_FORM = re.compile(r"^(个体工商户|个体户|株式会社|有限会社)(.{2,})$")


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


class Compared(NamedTuple):
    """Parts in the form that comparisons use (`compared`): the core; the core again where it
    is likely to be one company's alone; the concern, with the word that makes it the head of a group; the code of the place, closed for a public body."""

    core: str
    long: str
    concern: str
    within: str


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
    name = abbreviations.written_out(_SPACE.sub("", name))
    beside = asides.Asides(name) if name.isalnum() else asides.read(name)
    head, branch = branches.split(beside.name)
    rest, form = _form(head)
    spoken = _SPOKEN.get(form, "")
    region, code, rest, office = _region(_without_state(rest), beside, spoken)
    rest = branches.without_number(_without_country(rest), form)
    brand, trade = _brand(rest)
    return Parts(
        region, rest + spoken, brand, trade + spoken, form, beside.kind or _KINDS.get(form, ""),
        branch or beside.branch or office, branches.ordinal(beside.name + beside.branch), code, beside.flags, beside.former,
    )  # fmt: skip


def compared(name: str, parts: Parts) -> Compared:
    """The parts in the form that comparisons use. A plant's number is its ordinal's to say. 天岳集团 is
    itself, beside 天岳置业, 天岳集团物流 and 天岳控股, which are others of its group. A public body's place is
    its name: the city's 人民医院 is not the district's. A shop's name without a place is anybody's.

    >>> compared("天岳控股有限公司", parse("天岳控股有限公司"))
    Compared(core='天岳控股', long='天岳控股', concern='天岳控股控股', within='')
    >>> compared("郑州市教育局", parse("郑州市教育局")).within
    '4101.'
    """
    core = parts.core
    if parts.ordinal and parts.kind == "factory":
        core = branches.without_ordinal(core)
    word = group_word(name)
    if word == "控股" and not parts.trade:
        core += word
    public = parts.kind == "institution" and parts.code and _PUBLIC.match(core)
    within = parts.code + "." if public else parts.code
    concern = (
        core.removesuffix(word) + 2 * word
    )  # twice: longer than any beginning that others share
    common = not parts.code and (parts.kind == "individual" or _PUBLIC.match(core))
    long = "" if common or len(core) < 4 else core
    return Compared(core, long, concern, within)


def group_word(name: str) -> str:
    """集团 or 控股 where a name in plain form says that it is the head of a group.

    >>> group_word("天岳控股集团有限公司"), group_word("天岳控股有限公司"), group_word("天岳集团物流有限公司")
    ('集团', '控股', '')
    """
    found = _GROUP.search(name) if "集团" in name or "控股" in name else None
    return ("集团" if "集团" in found[0] else "控股") if found else ""


def _region(rest: str, beside: asides.Asides, spoken: str) -> tuple[str, str, str, str]:
    """(region, code, what is left, office): two places of a firm of lawyers or accountants name its
    office, 浙江衡石(宁波)律师事务所."""
    if beside.region and spoken.endswith("事务所"):
        region, code, left = regions.take(rest, "", "", True)
        if region:
            return region, code, left, branches.key(beside.region) + "分所"
    return *regions.take(rest, beside.region, beside.code, bool(spoken)), ""


def _without_state(name: str) -> str:
    """国家税务总局宜良县(税务局) is 宜良县(税务局)."""
    return _STATE.sub("", name) if name[:1] in ("国", "中") else name


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


def _without_country(core: str) -> str:
    """3M中国有限公司 is 3M（中国）有限公司."""
    return core[:-2] if core.endswith("中国") and len(core) > 3 else core


def _brand(core: str) -> tuple[str, str]:
    """Brand and trade: trade words are taken off the end while two characters remain; 中国 alone
    is nobody's brand."""
    brand = core
    while found := _TRADES.suffix(brand):
        if brand[: -len(found)] == "中国":
            break
        brand = brand[: -len(found)]
    return brand, core[len(brand) :]
