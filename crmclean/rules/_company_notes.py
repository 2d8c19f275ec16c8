"""What stands in a company's name without being it (for company_name.py).

Notes of salespeople (已注销, 重复) are known words and can be taken off. Anything else behind the
legal ending — a person, an address, a number in a list — is only told, with the name that would
remain: where the name ends is not certain enough to cut it.
"""

import re

from crmclean.rules import _people

HAN = "\u3400-\u9fff"
NOTE = (
    "已?注销|已?吊销|吊销未注销|已?作废|停用|已?停业|已?停产|已?倒闭|重复|重复客户|旧|老|旧名|已?合并|已?迁址|已?搬迁|已?改名|已?更名|黑名单|测试"
    "|勿联系|不要联系|不合作|已?流失|已?离职|删除|待删除|无效|禁用|暂停合作|公海"
)
_BEHIND = re.compile(
    rf"(?:[ ]*[（(\[【]({NOTE})[）)\]】]|(?<=[{HAN}）])[ ]*[-—_－]+[ ]*({NOTE})|(?<=公司)[ ]*({NOTE}))$"
)
_BEFORE = re.compile(
    rf"^(?:[（(\[【]({NOTE})[）)\]】]|({NOTE})[-—_－:：]+) *(?=[{HAN}A-Za-z0-9]{{2}})"
)
_LEGAL = "有限(?:责任)?公司|集团公司|合作社|事务所"
_UNIT = "公司|厂|店|部|站|所|院|会|处|库|室|场|馆|社|队|行|中心|酒店|宾馆|超市|学校|基地|园|营业厅|党委|总部|车间"
_FORMS = r"（(?:特殊普通合伙|普通合伙|有限合伙|个人独资|个体工商户|集团|筹)）"
_BEYOND = re.compile(rf"(?:{_LEGAL})(?P<rest>(?!{_FORMS}$).+)$")
_BELONGS = re.compile(rf"(?!有限|公司|（[原曾前])（?[{HAN}0-9A-Za-z]*(?:{_UNIT})）?(?:{_FORMS})?")
_NUMBERED = re.compile(
    rf"^(?:[0-9]{{1,4}} ?[、.．)）] ?|0[0-9]{{1,3}} ?|[①-⒛㈠-㈩] ?)(?=[{HAN}]{{2}})"
)
#: A whole name with its legal ending behind another one: two firms.
_TWO = re.compile(
    rf"(?:有限(?:责任)?公司|合作社|事务所)[ /、;；,，|+&和及与]*(?![^（]*）)[{HAN}]{{4,}}有限(?:责任)?公司$"
)
_HEADING = re.compile(
    r"^(?:(?:客户|公司|单位|企业|店铺)?(?:名称|全称)|客户|公司|单位|企业|[甲乙]方|购货单位|to) ?[:：] ?",
    re.I,
)
_CUT_OFF = re.compile(r"(?:有限|有限公|有限责任|有限责任公|股份有限公)$")
_BRACKETS = r"^[^（]*）|（[^）]*$|（[^）]*（|）[^（]*）|（ *）"
#: Signs where characters should stand: masked, not shown by a font, or left out.
_GAPS = rf"[{HAN}][□■*＊×XxＸ]{{2,}}[{HAN}（]|[□■]|[{HAN}][*＊][{HAN}（]"
_NOBODY = "散客|散户|个人|个人客户|零售|零售客户|现金客户|临时客户|匿名|无名|其他客户|客户名称|公司名称|合计"
#: Names that may hold more than a name, for whole columns.
DOUBT = (
    (
        rf"(?:{_LEGAL}).|\A(?:[0-9]+ ?[、.．)）]|0[0-9]|[①-⒛㈠-㈩（【\[])|\A[0-9A-Z]+\z|(?i:{_HEADING.pattern})|{_GAPS}|\A(?:{NOTE})[-—_－:：]|(?:{NOTE})[）)\]】]?\z"
        rf"|(?:{_CUT_OFF.pattern})|{_BRACKETS}|\A(?:{_NOBODY})\z"
    )
    .replace("$", r"\z")
    .replace("^", r"\A")
    .replace(r"[\A", "[^")
)


def without(name: str) -> tuple[str, list[str]]:
    """The name without the known notes before and behind it, and the notes.

    >>> without("某某商贸有限公司（已注销）"), without("作废-某某商贸有限公司")
    (('某某商贸有限公司', ['已注销']), ('某某商贸有限公司', ['作废']))
    """
    name = _HEADING.sub("", name)
    before, behind = _BEFORE.match(name), _BEHIND.search(name)
    if before:
        return name[before.end() :], [before[1] or before[2]]
    if behind and behind.start() >= 2:
        return name[: behind.start()], [next(filter(None, behind.groups()))]
    return name, []


def closed(name: str) -> str:
    """The name without the spaces between Chinese characters, but not where something else begins.

    >>> closed("上海 某某 科技有限公司"), closed("某某科技有限公司 张三"), closed("某某五金厂 张三")
    ('上海某某科技有限公司', '某某科技有限公司 张三', '某某五金厂 张三')
    """
    whole = re.sub(rf"(?<=[{HAN}（）]) (?=[{HAN}（）])", "", name)
    first, _, last = name.rpartition(" ")
    beside = first and _people.is_name(last) and re.search(rf"(?:{_UNIT})$", first)
    more = re.search(rf"(?:{_LEGAL}) ", name) and is_followed(whole)
    return name if beside or more else whole


def is_two(name: str) -> bool:
    """Two firms in one name, each with its legal ending."""
    return _TWO.search(name) is not None


def is_followed(name: str) -> bool:
    """Something stands behind the legal ending that is no branch and no form of partnership."""
    beyond = _BEYOND.search(name)
    if beyond is None:
        return False
    second = re.search("有限(?:责任)?公司", beyond["rest"]) and not beyond[0].startswith("集团公司")
    return bool(second) or not _BELONGS.fullmatch(beyond["rest"])


def strange(name: str) -> tuple[bool, str | None]:
    """Whether a name holds more or less than a name, and what the name may be.

    >>> strange("某某科技有限公司张三"), strange("某某科技有限公司北京分公司")
    ((True, '某某科技有限公司'), (False, None))
    >>> strange("1、某某科技有限公司"), strange("某某科技有限公"), strange("某某（中国有限公司")
    ((True, '某某科技有限公司'), (True, None), (True, None))
    """
    numbered = _NUMBERED.match(name)
    if numbered:
        return True, name[numbered.end() :]
    odd = rf"{_CUT_OFF.pattern}|{_BRACKETS}|^(?:{_NOBODY})$|[{HAN}] [{HAN}]|{_GAPS}|^[0-9]+$|^[0-9A-Z]{{15,}}$"
    if not is_followed(name) or re.search(_BRACKETS, name):
        return is_followed(name) or re.search(odd, name) is not None, None
    rest = _BEYOND.search(name)
    branch = re.search(_UNIT, rest["rest"])
    return True, None if branch else name[: rest.start("rest")].strip()
