"""The files of the samples: which source shows what of a customer, and in which columns.

Each source has its habits. A function of `LAYOUTS` turns one appearance of a
customer into rows of cells with their truth; `files.py` writes them down.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time

import dirt
from dirt import Cell
from spellings import spell
from world import SALESPEOPLE, Customer, Person, day

SOURCE_WORDS = {
    "行业展会": ("展会", "展会推广"), "客户转介绍": ("转介绍", "老客户介绍"),
    "线上官网咨询": ("官网",), "电话拜访": ("电销",), "搜索引擎": ("百度",),
}  # fmt: skip
STAGE_WORDS = {
    "初步接洽": ("初访",),
    "方案报价": ("报价",),
    "合同签订": ("签约",),
    "成交": ("已成交",),
}
LEVEL_WORDS = {"VIP": ("VIP客户", "vip"), "重点": ("重点客户",), "普通": ("一般", "普通客户")}
INTENT_WORDS = {"A": ("A级", "高意向"), "B": ("B级",), "C": ("C级", "潜在")}
STATUS_WORDS = {"潜在": ("潜在客户",), "成交": ("已成交", "老客户"), "流失": ("已流失",)}
REMARKS = ("", "", "", "年底再联系", "展会上认识的", "要求月结", "价格敏感，注意报价", "老板亲自谈")


@dataclass
class Row:
    """One data row: heading → cell, the fields that the headings mean, and whose row it is.

    `repeats`: headings that this row leaves to the row above (merged, or 同上)."""

    cells: dict[str, Cell]
    fields: dict[str, str]
    customer: str
    contact: str = ""
    repeats: tuple[str, ...] = ()


@dataclass
class Sheet:
    """What a source holds: its file, the column headings in order, and its rows."""

    file: str
    sheet: str
    headings: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def level_of(purchases: int | None) -> str:
    if purchases is None:
        return ""
    return "VIP" if purchases >= 500000 else "重点" if purchases >= 100000 else "普通"


#: heading: field, for each kind of source.
FORMAL = {
    "公司名称": "customer.name", "所属行业": "", "客户来源": "customer.source",
    "地址": "customer.address", "联系人": "contact.name", "职务": "contact.title",
    "手机": "contact.mobile", "座机": "customer.phone", "邮箱": "contact.email",
    "年采购额(万元)": "customer.annual_purchase", "客户等级": "customer.value_level",
    "首次接触日期": "customer.first_contact_at", "下次跟进时间": "customer.next_follow_up",
    "业务员": "customer.owner", "备注": "customer.remark",
}  # fmt: skip
PEOPLE_FIRST = {
    "客户名称": "customer.name", "联系人": "contact.name", "职位": "contact.title",
    "手机号": "contact.mobile", "固话": "customer.phone", "电子邮箱": "contact.email",
    "来源": "customer.source", "意向级别": "customer.intent_level", "跟进阶段": "customer.stage",
    "建档日期": "customer.created_at", "年采购额（元）": "customer.annual_purchase",
    "负责人": "customer.owner", "备注": "customer.remark",
}  # fmt: skip
TERSE = {
    "cust_no": "customer.code", "cust_name": "customer.name", "tax_no": "customer.uscc",
    "lxr": "contact.name", "sj": "contact.mobile", "tel": "customer.phone", "fax": "customer.fax",
    "dz": "customer.address", "hy": "", "source": "customer.source",
    "khdj": "customer.value_level", "ncge": "customer.annual_purchase", "ywy": "customer.owner",
    "create_date": "customer.created_at", "last_contact": "customer.last_follow_up_at",
    "bz": "customer.remark",
}  # fmt: skip
OVERSEAS = {
    "单位名称": "customer.name", "税号": "customer.uscc", "联系人": "contact.name",
    "职务": "contact.title", "移动电话": "contact.mobile", "办公电话": "customer.phone",
    "电子邮件": "contact.email", "通讯地址": "customer.address", "客户状态": "customer.status",
    "录入日期": "customer.created_at", "业务负责人": "customer.owner", "备注": "customer.remark",
}  # fmt: skip


def formal(rng: random.Random, customer: Customer, owner: str) -> Iterator[Row]:
    """The first salesperson: the official form, one row per person."""
    for person in customer.people[: rng.choice((1, 1, 2))]:
        cells = {
            "公司名称": spell(rng, customer), "所属行业": dirt.plain(customer.industry),
            "客户来源": dirt.choice(rng, customer.source, SOURCE_WORDS, "朋友圈"),
            "地址": dirt.plain(_address(rng, customer)), **_person(rng, person, "联系人", "职务", "手机", "邮箱"),
            "座机": dirt.maybe(rng, 0.5, _switchboard(rng, customer)),
            "年采购额(万元)": dirt.amount(rng, customer.purchases, "万"),
            "客户等级": dirt.choice(rng, level_of(customer.purchases), LEVEL_WORDS, "核心"),
            "首次接触日期": dirt.day(rng, customer.created),
            "下次跟进时间": dirt.maybe(rng, 0.6, dirt.moment(rng, _next(rng))),
            "业务员": dirt.plain(owner), "备注": dirt.plain(rng.choice(REMARKS)),
        }  # fmt: skip
        yield Row(cells, FORMAL, customer.id, person.id)


def people_first(rng: random.Random, customer: Customer, owner: str) -> Iterator[Row]:
    """The second and third: one company over several rows, the company's cells only in the first."""
    company = {
        "客户名称": spell(rng, customer), "固话": dirt.maybe(rng, 0.5, _switchboard(rng, customer)),
        "来源": dirt.choice(rng, customer.source, SOURCE_WORDS),
        "意向级别": dirt.choice(rng, rng.choice("ABC"), INTENT_WORDS, "S"),
        "跟进阶段": dirt.choice(rng, customer.stage, STAGE_WORDS, "观望"),
        "建档日期": dirt.day(rng, customer.created),
        "年采购额（元）": dirt.amount(rng, customer.purchases, "元"),
        "负责人": dirt.plain(owner), "备注": dirt.plain(rng.choice(REMARKS)),
    }  # fmt: skip
    for number, person in enumerate(customer.people):
        own = _person(rng, person, "联系人", "职位", "手机号", "电子邮箱")
        repeats = tuple(h for h in ("客户名称", "来源", "负责人") if number)
        shared = {h: c for h, c in company.items() if not number or h in repeats}
        yield Row({**shared, **own}, PEOPLE_FIRST, customer.id, person.id, repeats)


def terse(rng: random.Random, customer: Customer, owner: str) -> Iterator[Row]:
    """The old system: one row per customer, often without a person."""
    person = rng.choice(customer.people)
    known = rng.random() < 0.85
    fax = _switchboard(rng, customer) if customer.phone and rng.random() < 0.15 else dirt.plain("")
    cells = {
        "cust_name": spell(rng, customer), "hy": dirt.maybe(rng, 0.7, dirt.plain(customer.industry)),
        "tax_no": dirt.uscc(rng, customer.uscc) if rng.random() < 0.5 else Cell("", "", "clean"),
        "lxr": dirt.person(rng, person.name) if known else dirt.nothing(rng),
        "sj": _mobile(rng, person, customer.phone) if known else Cell("", "", "clean"),
        "tel": dirt.maybe(rng, 0.65, _switchboard(rng, customer)), "fax": fax,
        "dz": dirt.plain(_address(rng, customer)),
        "source": dirt.maybe(rng, 0.6, dirt.choice(rng, customer.source, SOURCE_WORDS)),
        "khdj": dirt.maybe(rng, 0.8, dirt.choice(rng, _level(rng, customer), LEVEL_WORDS)),
        "ncge": dirt.amount(rng, customer.purchases, "元"), "ywy": dirt.plain(owner),
        "create_date": dirt.day(rng, customer.created),
        "last_contact": dirt.maybe(rng, 0.5, dirt.day(rng, day(rng, customer.created))),
        "bz": dirt.plain(rng.choice(REMARKS)),
    }  # fmt: skip
    yield Row(cells, TERSE, customer.id, person.id if known else "")


def overseas(rng: random.Random, customer: Customer, owner: str) -> Iterator[Row]:
    """The second old system: made abroad, so its dates read day/month/year."""
    person = rng.choice(customer.people)
    status = rng.choice(tuple(STATUS_WORDS))
    cells = {
        "单位名称": spell(rng, customer), "税号": dirt.uscc(rng, customer.uscc) if rng.random() < 0.4 else Cell("", "", "clean"),
        **_person(rng, person, "联系人", "职务", "移动电话", "电子邮件"),
        "办公电话": dirt.maybe(rng, 0.6, _switchboard(rng, customer)),
        "通讯地址": dirt.plain(_address(rng, customer)),
        "客户状态": dirt.choice(rng, status, STATUS_WORDS), "业务负责人": dirt.plain(owner),
        "录入日期": dirt.day(rng, customer.created, "dmy"),
        "备注": dirt.plain(rng.choice(REMARKS)),
    }  # fmt: skip
    yield Row(cells, OVERSEAS, customer.id, person.id)


LAYOUTS: dict[str, Callable[[random.Random, Customer, str], Iterator[Row]]] = {
    "formal": formal, "people_first": people_first, "terse": terse, "overseas": overseas,
}  # fmt: skip

FOLLOW_UP = {
    "客户名称": "follow_up.customer", "跟进人": "follow_up.by", "跟进时间": "follow_up.at",
    "跟进方式": "follow_up.method", "沟通内容摘要": "follow_up.content",
    "客户反馈/需求": "follow_up.feedback", "下一步计划/行动": "follow_up.next_step",
}  # fmt: skip
METHODS = {
    "电话": ("打电话", "电话沟通"),
    "拜访": ("上门", "上门拜访"),
    "微信": (),
    "邮件": (),
    "面谈": ("见面",),
}
TALK = (
    "介绍新品并寄样",
    "确认交期与付款方式",
    "催收上月货款",
    "讨论年度框架协议",
    "处理客诉，已安抚",
    "约下周看厂",
)
ANSWER = ("需要降价三个点", "等总部批复", "认可方案", "暂不考虑", "要求补发检测报告", "")
NEXT = ("下周寄样品", "月底前报价", "安排技术对接", "", "")


def follow_up(rng: random.Random, customer: Customer, name: Cell) -> Row:
    by = customer.owner if rng.random() < 0.85 else rng.choice(SALESPEOPLE)
    at = datetime.combine(
        day(rng, customer.created), time(rng.randrange(9, 18), rng.randrange(0, 60, 5))
    )
    cells = {
        "客户名称": name, "跟进人": dirt.plain(by), "跟进时间": dirt.moment(rng, at),
        "跟进方式": dirt.choice(rng, rng.choice(tuple(METHODS)), METHODS),
        "沟通内容摘要": dirt.plain(rng.choice(TALK)), "客户反馈/需求": dirt.plain(rng.choice(ANSWER)),
        "下一步计划/行动": dirt.plain(rng.choice(NEXT)),
    }  # fmt: skip
    return Row(cells, FOLLOW_UP, customer.id)


def _person(
    rng: random.Random, person: Person, name: str, title: str, phone: str, mail: str
) -> dict[str, Cell]:
    known = rng.random() > 0.02
    number = _mobile(rng, person if known else replace(person, name=""))
    return {
        name: dirt.person(rng, person.name) if known else dirt.nothing(rng),
        title: dirt.maybe(rng, 0.6, dirt.plain(person.title)),
        phone: dirt.maybe(rng, 0.93, number),
        mail: dirt.maybe(rng, 0.35, dirt.email(rng, person.email)),
    }


def _mobile(rng: random.Random, person: Person, phone: str = "") -> Cell:
    if phone and rng.random() < 0.02:  # a landline in the column of mobiles
        return replace(dirt.landline(rng, phone), field="customer.phone")
    if rng.random() < 0.05:
        return dirt.mobile(rng, person.second_mobile)
    return dirt.mobile(rng, person.mobile, person.second_mobile, person.name)


def _switchboard(rng: random.Random, customer: Customer) -> Cell:
    if not customer.phone:
        return Cell(None, "", "clean")
    if rng.random() < 0.02:  # a mobile in the column of landlines
        number = customer.people[0].second_mobile
        return Cell(number, number, "fix", field="contact.other_phones")
    return dirt.landline(rng, customer.phone, str(rng.randrange(8001, 8060)))


def _address(rng: random.Random, customer: Customer) -> str:
    full = customer.address
    chance = rng.random()
    if chance < 0.15 or not full:
        return ""
    return full.split("省", 1)[-1] if chance < 0.5 else full


def _level(rng: random.Random, customer: Customer) -> str:
    """What the old system holds: mostly what the purchases say, sometimes not."""
    by_amount = level_of(customer.purchases)
    return by_amount if by_amount and rng.random() < 0.9 else rng.choice(("VIP", "重点", "普通"))


def _next(rng: random.Random) -> datetime:
    months = rng.randrange(-3, 12)
    year, month = divmod(2026 * 12 + 8 + months, 12)
    return datetime(
        year, month + 1, rng.randrange(1, 28), rng.randrange(9, 18), rng.choice((0, 15, 30))
    )
