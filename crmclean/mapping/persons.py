"""Who on a sheet is the customer's person: 发货人 beside 发货人电话, 老板姓名 beside 老板电话.

Every trade has its own word for him, and no list holds them all. But the sheet says it by itself: the
word stands alone or with 姓名 over a column of names, and again before 电话, 手机, 邮箱. Our own people
(业务员电话) and those who only sign (法人电话) are not meant; two such persons on one sheet are left to
a person.
"""

import re
from collections.abc import Sequence

from crmclean.mapping import detectors, names
from crmclean.mapping.forms import Heading
from crmclean.model import Field
from crmclean.plan import Column

#: What is told of a person beside his name.
FACT = (
    r"(?:(?:联系)?(?:手机|电话)(?:号码?)?|移动电话|联系方式|座机|微信号?|qq号?|(?:电子)?(?:邮[箱件]|信箱)|"
    r"e?mail|职[务位称]|phone|mobile|title)"
)
_FACT = re.compile(rf"(.{{1,8}}?)的?{FACT}")
#: Persons who are not the customer's: our own, and those who only sign or recommend.
OTHERS = re.compile(
    r"业务|销售|经理$|跟[进单]|维护|归属|所属|区域|大区|经手|制单|创建|录入|登记|填[表写]|审[核批]|客服|顾问|管家|坐席|导购|"
    r"[分专]管|我[方司]|担当|owner|sales|^法|推荐|介绍|担保|紧急|开票|股东|家[长属]|上级|公司|企业|单位|客户|办公|固定|备用|其他|第二|备注"
)  # fmt: skip
#: The least share of names among the samples of the person's column.
NAMES = 0.5
#: So sure is an alias that stands there as it is.
USUAL = 0.97


def called(columns: Sequence[Column], headings: Sequence[Heading], name: Field) -> str:
    """The word that stands for the customer's person, "" where the sheet has another name for him
    or more than one (of 联系人1 and 联系人2 the first). `name`: the field of a contact's name."""
    written = [heading.forms[0] if heading.forms else "" for heading in headings]
    words = dict.fromkeys(found[1] for text in written if (found := _FACT.fullmatch(text)))
    mine: dict[str, int] = {}
    for place, (column, text) in enumerate(zip(columns, written, strict=True)):
        who = next((word for word in words if _is_called(text, word)), "")
        if who and not OTHERS.search(who) and _holds_names(column):
            mine.setdefault(who, place)
    usual = (n for n, heading in enumerate(headings) if names.alias(heading, name) >= USUAL)
    mine = {who: place for who, place in mine.items() if who not in names.ABOUT["contact"]}
    if len({re.sub(r"[\d一二三]$", "", who) for who in mine}) != 1 or any(
        place not in mine.values() for place in usual
    ):
        return ""
    return next(iter(mine))


def _is_called(heading: str, who: str) -> bool:
    """Whether a heading is the word alone or with 姓名 behind it, or ends in it: 甲方代表, 代表电话."""
    if len(who) > 1 and heading.endswith(who):
        return True
    return heading.startswith(who) and heading[len(who) :] in names.CALLED


def _holds_names(column: Column) -> bool:
    rates = detectors.detect(column.samples)
    return not rates or rates["person_name"] >= NAMES
