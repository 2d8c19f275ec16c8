"""How well a heading names a field: the alias dictionary, then the head noun, then likeness.

Likeness alone must never decide: 联系人 and 联系人电话 are 90 % alike and different, 手机 and 移动电话
share no character and are the same (dirty-input.md C2). So a dictionary of aliases comes first
(model/*.toml), words that must not stand in a heading refuse it, and a heading whose head noun
belongs to another kind of value cannot match by likeness.
"""

import re
from functools import lru_cache

from crmclean.headings import plain
from crmclean.mapping.forms import Heading, simplified
from crmclean.model import Field

#: Words in front that only say whom the column is about.
ABOUT = {
    "customer": ("客户的", "客户", "公司", "企业", "单位", "商户", "店铺", "会员", "医院", "学校", "酒店", "工厂", "门店", "商家", "商家的", "代理商", "经销商", "渠道商", "往来单位", "购货单位", "机构", "厂家", "买方", "甲方", "分销商", "加盟商", "批发商", "零售商", "采购商", "渠道", "终端", "网点", "用户", "买家", "买受人", "合作方", "租户", "商超", "药店", "诊所", "customer", "company", "account", "cust", "buyer", "client", "distributor", "dealer", "reseller"),
    "contact": ("联系人的", "联系人", "对接人", "联络人", "接洽人", "采购联系人", "主要联系人", "首要联系人", "老板", "主任", "经理", "采购", "采购人", "采购员", "收货人", "收件人", "contact", "contactperson", "primarycontact", "maincontact"),
    "lead": ("线索", "lead"),
    "follow_up": ("跟进", "拜访", "回访", "沟通", "follow up", "visit"),
    "opportunity": ("商机", "机会", "项目", "工程", "opportunity", "deal"),
}  # fmt: skip
#: What follows the word for the customer's person in the column of his name.
CALLED = ("", "姓名", "名字", "名称", "联系人", "负责人", "人", "name")


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
    if heading.who:
        return _of_the_person(heading, field, names)
    for place, form in enumerate(heading.forms):
        if form in names:
            return 1.0 - 0.01 * min(place, 3) - 0.0005 * min(names[form], 20)
        for word in _about(form, field.object):
            if form.startswith(word) and form[len(word) :] in names and len(form) > len(word):
                return 0.96 - 0.01 * min(place, 3) - 0.0005 * min(names[form[len(word) :]], 20)
    return 0.0


def _about(form: str, owner: str) -> tuple[str, ...]:
    """The words that may stand in front: 租户联系人 is as much the contact as 客户联系人."""
    said = "联系人" in form or "contact" in form
    return ABOUT[owner] + (ABOUT["customer"] if said and owner != "customer" else ())


def _of_the_person(heading: Heading, field: Field, names: dict[str, int]) -> float:
    """The score of a column that is about the person whom the sheet names as the customer's."""
    rest = heading.forms[0].rpartition(heading.who)[2]
    if field.kind == "person_name" and field.name in ("name", "contact"):
        return 0.96 if rest in CALLED else 0.0
    return 0.96 if rest and field.object != "customer" and rest in names else 0.0


def refused(heading: Heading, field: Field) -> bool:
    """Whether a word of the field's negative list stands in the heading, or things are counted
    where the field is money."""
    if heading.counts_things and field.kind == "amount":
        return True
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
