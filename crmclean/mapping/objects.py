"""What a row of a source is: a customer, a contact, a lead, a follow-up or an opportunity.

The object whose fields explain the columns best, with a word from the names of the file, the sheet
and the columns themselves. A list of customers may hold their contacts too, so it takes more than a
column of companies beside people to make one of contacts.
"""

import re
from typing import TYPE_CHECKING

from crmclean.model import Field, Object
from crmclean.plan import Source

if TYPE_CHECKING:
    from crmclean.mapping.guess import Guess

#: Objects whose fields may stand together on one sheet, and words of file or sheet names.
TOGETHER = {
    "customer": ("customer", "contact"),
    "contact": ("contact",),
    "follow_up": ("follow_up",),
    "lead": ("lead",),
    "opportunity": ("opportunity",),
}
CALLED = {
    "customer": "客户|kehu|cust|account|公司|单位|商户|会员|compan",
    "contact": "联系人|通讯录|contact",
    "follow_up": "跟进|拜访|回访|沟通|follow|visit|activit|call.?log",
    "lead": "线索|lead|询盘|潜客",
    "opportunity": "商机|机会|项目|工程|漏斗|opportunit|deal|pipeline|funnel",
}
#: How much less likely an object is where no column names it: exports split names of persons.
NAMELESS = {"customer": -0.3, "contact": -0.1, "follow_up": -0.3, "lead": -0.4, "opportunity": -0.5}
#: How much more likely contacts are than customers where the columns say so.
CLEARLY = 0.01
#: So many headings that begin with the word for an object say what a row is; where the names of
#: file or sheet say it too, one does.
HEADED = 2


def decide(source: Source, model: dict[str, Object], mapped: dict[str, list["Guess"]]) -> str:
    """The object whose fields explain the most columns, with a word from the names of the file and
    the sheet; customers where two are equal."""
    shares = {owner: _share(owner, mapped[owner], source, model) for owner in TOGETHER}
    if _refer(mapped["contact"], f"{source.path} {source.sheet}".lower()):
        shares["contact"] = max(shares["contact"], shares["customer"] + CLEARLY)
    else:
        shares["customer"] = max(shares["customer"], shares["contact"])
    return max(shares, key=lambda owner: (round(shares[owner], 6), owner == "customer"))


def _refer(contacts: list["Guess"], called: str) -> bool:
    """Whether rows are contacts of customers that are listed elsewhere, rather than customers with
    their contacts: the names say so, or the column of the customer (所属客户), or people with jobs
    stand beside a customer's code without its name. Telephones alone make no contacts."""
    held = {guess.field: guess.column.heading for guess in contacts if guess.tier == "auto"}
    customer = held.get("contact.customer")
    if not held.keys() & {"contact.name", "contact.title", "contact.department"}:
        return False
    if customer is None and "contact.customer_code" not in held:
        return False
    if customer is None:
        return bool(held.keys() & {"contact.title", "contact.department"})
    return bool(re.search(CALLED["contact"], called) or re.match("所属|关联", customer))


def _share(owner: str, guesses: list["Guess"], source: Source, model: dict[str, Object]) -> float:
    """How well an object explains the columns; more where names of file, sheet or columns say it."""
    filled = [g for g in guesses if g.column.filled or not g.column.samples]
    share = sum(g.confidence for g in filled if g.tier == "auto") / max(1, len(filled))
    word = CALLED.get(owner, "$^")
    called = f"{source.path} {source.sheet}".lower()
    named = re.search(word, called)
    headed = sum(bool(re.match(word, column.heading.lower())) for column in source.columns)
    name = f"{owner}.{model[owner].name_field}"
    has_name = any(g.field == name and g.tier == "auto" for g in guesses)
    share += (0.4 if _alone(owner, called) else 0.2) if named else 0.0
    share += 0.2 if owner != "contact" and headed >= (1 if named else HEADED) else 0.0
    return share + (0.05 if has_name else NAMELESS[owner])


def _alone(owner: str, called: str) -> bool:
    """Whether the names of file and sheet say leads, visits or deals, and nothing of customers:
    客户跟进表 may be a list of customers."""
    return owner not in ("customer", "contact") and not re.search(CALLED["customer"], called)


def object_of(guesses: list["Guess"]) -> str:
    """What a row is: customer, contact, lead, follow_up or opportunity. Customers come with their
    contacts, so the first object that holds any field, customers first; and people without a
    customer are customers themselves."""
    paths = {str(guess.field) for guess in guesses if guess.field}
    held = {path.partition(".")[0] for path in paths}
    if held == {"contact"} and not paths & {"contact.customer", "contact.customer_code"}:
        return "customer"
    return next((owner for owner in TOGETHER if owner in held), "customer")


def fields_on(owner: str, model: dict[str, Object]) -> list[Field]:
    """The fields that may stand on a sheet of this object, its own first. What refers to it (the
    customer of a contact) is the same row, so no column is needed for that."""
    return [
        field
        for name in TOGETHER[owner]
        for field in model[name].fields.values()
        if name == owner or not (_refers(field, model[name], owner) or _is_shared(field, owner))
    ]


def _is_shared(field: Field, owner: str) -> bool:
    """Whether the one column on a sheet is the customer's: a contact has the owner of its row."""
    return f"{owner}.owner" in field.like


def _refers(field: Field, holder: Object, owner: str) -> bool:
    return any(
        field.name in (name, f"{name}_code")
        for name, target in holder.refers.items()
        if target == owner
    )
