"""How well a heading names a field: the alias dictionary, then the head noun, then likeness.

Likeness alone must never decide: 联系人 and 联系人电话 are 90 % alike and different, 手机 and 移动电话
share no character and are the same (dirty-input.md C2). So a dictionary of aliases comes first
(model/*.yaml), words that must not stand in a heading refuse it, and a heading whose head noun
belongs to another kind of value cannot match by likeness.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crmclean.headings import plain, segments
from crmclean.model import Field

#: Words in front that only say whom the column is about.
ABOUT = {
    "customer": ("客户的", "客户", "公司", "企业", "单位", "商户", "店铺", "会员", "医院", "学校", "酒店", "工厂", "门店", "商家", "商家的", "代理商", "经销商", "渠道商", "往来单位", "购货单位", "机构", "厂家", "买方", "甲方", "分销商", "加盟商", "批发商", "零售商", "采购商", "渠道", "终端", "网点", "用户", "买家", "买受人", "合作方", "租户", "商超", "药店", "诊所", "customer", "company", "account", "cust", "buyer", "client", "distributor", "dealer", "reseller"),
    "contact": ("联系人的", "联系人", "对接人", "联络人", "接洽人", "采购联系人", "主要联系人", "首要联系人", "老板", "主任", "经理", "采购", "采购人", "采购员", "收货人", "收件人", "contact", "contactperson", "primarycontact", "maincontact"),
    "lead": ("线索", "lead"),
    "follow_up": ("跟进", "拜访", "回访", "沟通", "follow up", "visit"),
    "opportunity": ("商机", "机会", "项目", "opportunity", "deal"),
}  # fmt: skip
_TRADITIONAL = {
    "聯絡": "联系",
    "联络": "联系",
    "电郵": "邮箱",
    "電郵": "邮箱",
    "电邮": "邮箱",
    "e-mail": "email",
}
_UNIT = re.compile(
    r"[(\[/,,:]?\s*(?:单位[:：]?\s*)?(?:rmb|cny|人民币|¥)?\s*(百万元|百万|亿元|万元|千元|亿|万|千|元|w)\s*[)\]]?$"
)
_UNITS = {"百万元": "百万", "百万": "百万", "亿元": "亿", "亿": "亿", "万元": "万", "万": "万", "w": "万", "千元": "千", "千": "千", "元": "元"}  # fmt: skip
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_COUNTED = re.compile(r"(?<=[^\d])[12一二]$|^(?:主要|首要|第一|主|原|旧|现|当前|目前|最新)(?=.{2})")

#: The last characters of a heading and the kinds of field that it can then name.
HEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"电话|手机|座机|传真|分机|总机|热线|tel|telephone|phone|mobile|fax|cell", ("phone",)),
    (r"邮箱|邮件|email|mail", ("email",)),
    (r"日期|时间|日|生日|date|time|at", ("date", "datetime")),
    (r"地址|住址|地点|位置|address|street", ("address",)),
    (r"金额|额|价|款|费|余额|amount|price|revenue", ("amount",)),
    (r"编号|编码|代码|号码|号|id|no|code|number", ("code", "uscc", "org_code", "resident_id", "phone")),
    (r"公司|企业|单位|company", ("company_name", "reference")),
    (r"名称|名|全称|name|简称", ("company_name", "person_name", "text", "reference")),
    (r"人|员|姓名|经理|业务员|顾问|主管|助理|owner|rep|by", ("person_name", "reference")),
    (r"网址|官网|网站|url|website", ("url",)),
    (r"数|数量|次数|count|qty|quantity", ("integer",)),
    (r"备注|说明|描述|情况|内容|记录|需求|反馈|计划|remark|note|notes|comment|description|content", ("long_text", "text")),
    (r"类型|类别|分类|级别|等级|状态|阶段|来源|渠道|方式|行业|性别|优先级|type|level|status|stage|source|gender", ("picklist", "industry", "text", "tags")),
)  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A heading taken apart: its plain forms, the unit it names, its head noun's kinds."""

    forms: tuple[str, ...]
    unit: str | None
    kinds: tuple[str, ...]


#: What systems put before the names of all their columns: FName (Kingdee), c_name, T_CUST_NAME.
_PREFIX = re.compile(r"([A-Z]{1,2}(?=[A-Z][a-z])|[a-z]{1,3}(?=[A-Z])|[A-Za-z]{1,5}_)")
#: So many headings, and so large a share of them, begin with what says nothing.
PREFIXED, PREFIXED_SHARE = 4, 0.6


def common_prefix(headings: Sequence[str]) -> str:
    """What nearly all headings of a sheet begin with; "" where there is no such thing.

    >>> common_prefix(["FNumber", "FName", "FPhone", "FTaxNum", "币别"])
    'F'
    """
    found = Counter(hit[1] for heading in headings if (hit := _PREFIX.match(heading)))
    prefix, count = max(found.items(), key=lambda one: one[1], default=("", 0))
    return prefix if count >= max(PREFIXED, PREFIXED_SHARE * len(headings)) else ""


@lru_cache(maxsize=4096)
def read(heading: str, prefix: str = "") -> Heading:
    """The forms of a heading to look up, best first: whole, last part, without notes and unit, and
    then the same without `prefix`, which all headings of the sheet have in common.

    >>> read("* 年采购额（萬元）").forms, read("* 年采购额（萬元）").unit
    (('年采购额万元', '年采购额'), '万')
    """
    if prefix and heading.startswith(prefix) and len(heading) > len(prefix):
        bare = read(re.sub(r"^_?\d+_?(?=\D)", "", heading.removeprefix(prefix)))
        whole = read(heading)
        return Heading(whole.forms + bare.forms, whole.unit, whole.kinds or bare.kinds)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", heading))
    text = simplified(words).lower()
    for old, new in _TRADITIONAL.items():
        text = text.replace(old, new)
    found = _UNIT.search(text)
    forms: list[str] = []
    for part in segments(text):
        bare = _BRACKETS.sub("", part)
        unitless = _UNIT.sub("", part) if found else bare
        for form in (part, unitless, bare, _COUNTED.sub("", plain(bare)), _spelt_out(bare)):
            if plain(form) and plain(form) not in forms:
                forms.append(plain(form))
    last = plain(
        _BRACKETS.sub("", _UNIT.sub("", segments(text)[-1]) if found else segments(text)[-1])
    )
    return Heading(tuple(forms), _UNITS[found[1]] if found else None, head_kinds(last))


#: What programmers write for it in the names of database columns.
_SHORT = {
    "cust": "customer", "nm": "name", "addr": "address", "tel": "phone", "telephone": "phone",
    "dt": "date", "num": "no", "nbr": "no", "desc": "description", "dept": "department",
    "prov": "province", "corp": "company", "comp": "company", "org": "company", "mob": "mobile",
    "mail": "email", "emp": "employee", "lvl": "level", "cat": "category", "ind": "industry",
}  # fmt: skip
#: A last word that adds nothing: city_name, sales_rep_name; but customer_name is not the customer.
ABOUT_WORDS = ("customer", "company", "account", "contact", "client")
_IDLE = ("name", "value", "text", "str", "info", "field", "c")


def _spelt_out(part: str) -> str:
    """CUST_NM, SalesRepName → customer name, sales rep: whole words, without an idle last one."""
    words = re.findall(r"[a-z]+|\d+", part)
    if not words or re.search(r"[\u3400-\u9fff]", part):
        return ""
    words = [_SHORT.get(word, word) for word in words]
    if words[:2] == ["e", "mail"]:
        words[:2] = ["email"]
    if len(words) > 1 and words[-1] in _IDLE and words[0] not in ABOUT_WORDS:
        words.pop()
    return "".join(words)


def head_kinds(plain_heading: str) -> tuple[str, ...]:
    """The kinds of value that the head noun of a heading can name; none where it says nothing."""
    for pattern, kinds in HEADS:
        if re.search(rf"(?:{pattern})$", plain_heading):
            return kinds
    return ()


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; OpenCC is loaded only where there are any."""
    return _converter().convert(text) if re.search(r"[\u3400-\u9fff]", text) else text


@lru_cache(maxsize=1)
def _converter():
    from opencc import OpenCC

    return OpenCC("t2s")


def names_of(field: Field) -> dict[str, int]:
    """The plain names of a field: its labels, then its aliases; the number is the place, 0 first."""
    return _places((*field.label.values(), field.path, field.name, *field.aliases))


@lru_cache(maxsize=4096)
def _places(words: tuple[str, ...]) -> dict[str, int]:
    names: dict[str, int] = {}
    for place, word in enumerate(words):
        names.setdefault(plain(simplified(word)), place)
    return names


def alias(heading: Heading, field: Field) -> float:
    """1.0 where the heading is a name of the field, a little less for later forms; else 0."""
    if refused(heading, field):
        return 0.0
    names = names_of(field)
    for place, form in enumerate(heading.forms):
        if form in names:
            return 1.0 - 0.01 * min(place, 3) - 0.0005 * min(names[form], 20)
        for word in ABOUT[field.object]:
            if form.startswith(word) and form[len(word) :] in names and len(form) > len(word):
                return 0.96 - 0.01 * min(place, 3) - 0.0005 * min(names[form[len(word) :]], 20)
    return 0.0


def refused(heading: Heading, field: Field) -> bool:
    """Whether a word of the field's negative list stands in the heading."""
    whole = heading.forms[0] if heading.forms else ""
    names = names_of(field)
    return whole not in names and any(plain(word) in whole for word in field.negatives)


def initials(heading: Heading, field: Field) -> str:
    """The label or alias that a heading of Latin letters abbreviates by its pinyin initials
    (lxr: 联系人, khmc: 客户名称), or whole (lianxiren); "" where it does not."""
    word = heading.forms[-1] if heading.forms else ""
    if not re.fullmatch(r"[a-z]{2,20}", word):
        return ""
    names = [field.label["zh"], *field.aliases]
    return next((n for n in names if len(n) > 1 and word in _pinyin(n)), "")


@lru_cache(maxsize=8192)
def _pinyin(name: str) -> tuple[str, ...]:
    if not re.fullmatch(r"[\u3400-\u9fff]+", name):
        return ()
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(name)
    return "".join(s[0] for s in syllables), "".join(syllables)


def is_composite(heading: Heading) -> bool:
    """Whether a heading names two things: 联系人及电话."""
    return any(re.search(r"[及和与、&+/]", form) for form in heading.forms[:1])


def likeness(heading: Heading, field: Field) -> float:
    """0 to 1: how alike heading and names of the field are, head nouns agreeing; else 0."""
    from rapidfuzz.fuzz import ratio

    if not heading.forms or refused(heading, field):
        return 0.0
    if heading.kinds and field.kind not in heading.kinds:
        return 0.0
    names = names_of(field).keys() - {plain(field.path)}
    scores = (ratio(form, name) for form in heading.forms for name in names)
    return max(scores, default=0.0) / 100
