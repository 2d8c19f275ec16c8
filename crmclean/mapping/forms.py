"""A heading taken apart: the forms to look up, the unit it names, the kinds its head noun allows.

People decorate headings: stars, notes in brackets, units, two languages at once (公司名 Company), the
group of a form in front ((基本信息)编码), the short words of programmers (CUST_NM). Each layer that is
taken off makes one more form, best first; what the forms mean is `names.py`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crmclean.headings import plain, segments

_TRADITIONAL = {
    "聯絡": "联系",
    "联络": "联系",
    "电郵": "邮箱",
    "電郵": "邮箱",
    "电邮": "邮箱",
    "e-mail": "email",
}
_UNIT = re.compile(
    r"[(\[/,,:]?\s*(?:单位[:：]?\s*)?(?:rmb|cny|人民币|¥)?\s*(百万元|百万|亿元|万元|千元|亿|万|千|元|(?<![a-z])w)\s*[)\]]?$"
)
#: A unit of things: what is counted is no money (年采购量（吨）, 年用量/万米).
_MEASURE = re.compile(
    r"[(\[/,:]\s*(?:单位[:：]?\s*)?[十百千万]*(?:公?吨|公?斤|千?克|k?g|t|[公千厘毫平立]*方?米|[kcm]?m[23²³]?|㎡|m³|亩|[件台套箱个只辆部支张块片根卷桶瓶袋盒包票单人名家户位次天日周月年]|小时|升|[lh%]|间夜|pcs|sets?)"
    r"(?:/\w+)?\s*[)\]]?$"
)
_UNITS = {"百万元": "百万", "百万": "百万", "亿元": "亿", "亿": "亿", "万元": "万", "万": "万", "w": "万", "千元": "千", "千": "千", "元": "元"}  # fmt: skip
_LOCALE = re.compile(r"#[a-z]{2}(?:-[a-z]{2,4})?$")
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_COUNTED = re.compile(r"(?<=[^\d])[1一]$|^(?:主要|首要|第一|主|原|旧|现|当前|目前|最新)(?=.{2})")

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
    """A heading taken apart: its plain forms, the unit it names, its head noun's kinds, and whether
    it counts things. `who`: the word in front for the customer's person (`persons.py`)."""

    forms: tuple[str, ...]
    unit: str | None
    kinds: tuple[str, ...]
    counts_things: bool = False
    who: str = ""


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
        return replace(whole, forms=whole.forms + bare.forms, kinds=whole.kinds or bare.kinds)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", heading))
    text = simplified(words).lower()
    for old, new in _TRADITIONAL.items():
        text = text.replace(old, new)
    text = _LOCALE.sub("", text)
    found = _UNIT.search(text)
    forms: list[str] = []
    for part in segments(text):
        bare = _BRACKETS.sub("", part)
        unitless = _UNIT.sub("", part) if found else bare
        several = (part, unitless, bare, _COUNTED.sub("", plain(bare)), _spelt_out(bare))
        for form in (*several, *_languages(bare)):
            if plain(form) and plain(form) not in forms:
                forms.append(plain(form))
    last = plain(
        _BRACKETS.sub("", _UNIT.sub("", segments(text)[-1]) if found else segments(text)[-1])
    )
    unit = _UNITS[found[1]] if found else None
    return Heading(tuple(forms), unit, head_kinds(last), bool(_MEASURE.search(text)))


def _languages(part: str) -> tuple[str, ...]:
    """A heading in two languages one after the other, taken apart: 公司名 Company."""
    found = re.fullmatch(
        r"([\u3400-\u9fff（）()/、 ]{2,}?)[\s/|:(-]*([a-z][a-z .'_&-]{2,}?)[)\s]*", part
    )
    return found.groups() if found else ()


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
