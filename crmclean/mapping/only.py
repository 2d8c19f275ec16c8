"""The customer's name and address by elimination: 投保单位, 协议单位, 发货单位 are what each trade calls a
customer, 送达地址 and 提货地址 where he is.

Where no heading is a known name of the field, and exactly one column holds such values under a
heading whose last word means them, that column is it. What is on our side, or beside the customer
(供应商, 承运单位, 上级单位, 注册地址), is never meant. Without samples nothing is decided.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmclean.mapping import detectors, forms
from crmclean.messages import say

if TYPE_CHECKING:
    from crmclean.mapping.guess import Guess


@dataclass(frozen=True)
class Kind:
    """What one kind of value is called, what else is called so, and the detector that knows it."""

    names: re.Pattern[str]
    others: re.Pattern[str]
    detector: str


_COMPANY = Kind(
    re.compile(
        r"(单位|公司|企业|厂家?|医院|学校|院校|机构|商户|商家|[门饭药酒]店|店铺|店名|客户|用户|业主|[甲买购需]方|商|户|队|社|人)(名称?|全称)?$|"
        r"(company|customer|client|account|party|name)$"
    ),
    re.compile(
        r"供[应货方]|承[运保包]|物流|快递|竞[争品]|对手|开票|收款|付款|监理|设计|施工|担保|保险|推荐|介绍|上级|母公司|[所隶]属|集团|总[部公]|"
        r"分公司|关联|银行|开户|我方|乙方|服务|合作伙伴|制造|生产|品牌|原单位|前|曾|旧|法人|联系人|业务|销售|员|supplier|vendor|competitor|parent|bank|former"
    ),
    "company_name",
)  # fmt: skip
_ADDRESS = Kind(
    re.compile(r"(地址|住址|地点|address)$"),
    re.compile(
        r"注册|户籍|籍贯|家庭|[收发提送交]货|仓库|开票|网|邮[箱件]|ip|mac|e-?mail|银行|开户|我方|web"
    ),
    "address",
)
#: The fields found so, by what a row is.
FIELDS = {
    "customer": {"customer.name": _COMPANY, "customer.address": _ADDRESS},
    "contact": {"contact.customer": _COMPANY, "contact.address": _ADDRESS},
    "lead": {"lead.customer": _COMPANY, "lead.address": _ADDRESS},
    "follow_up": {"follow_up.customer": _COMPANY},
    "opportunity": {"opportunity.customer": _COMPANY},
}
#: The share of samples that must look like it, and what such a guess is worth.
MOST, SURE = 0.6, 0.92


def by_elimination(guesses: Sequence["Guess"], owner: str) -> list["Guess"]:
    """The guesses, with such a field on the only column that can be it."""
    found = list(guesses)
    for path, kind in FIELDS[owner].items():
        found = _placed(found, path, kind)
    return found


def _placed(guesses: list["Guess"], path: str, kind: Kind) -> list["Guess"]:
    if any(guess.field == path and guess.tier == "auto" for guess in guesses):
        return guesses
    free = [guess for guess in guesses if guess.tier != "auto" and _is(kind, guess)]
    if len(free) != 1:
        return guesses
    reasons = (say("mapping.why.only"),)
    found = replace(free[0], field=path, confidence=SURE, tier="auto", reasons=reasons)
    unsure = [replace(g, field=None, tier="unmapped") if g.field == path else g for g in guesses]
    return [found if g.column is found.column else g for g in unsure]


def _is(kind: Kind, guess: "Guess") -> bool:
    heading = forms.read(guess.column.heading).forms
    if not heading or not kind.names.search(heading[-1]) or kind.others.search(heading[0]):
        return False
    return detectors.detect(guess.column.samples).get(kind.detector, 0.0) >= MOST
