"""How well the samples of a column suit a field, and what else they tell.

Content confirms or contradicts a heading, it never replaces it: a column of mobiles may be the
customer's or the recommender's. Some kinds are contradicted (a mobile that looks like an address),
some only not confirmed (a name without a word for company).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crmclean.headings import plain
from crmclean.mapping.detectors import YES_NO, detect, says_nothing
from crmclean.model import Field
from crmclean.plan import Column

#: Which detectors speak for a kind of field.
KINDS = {
    "email": ("email",),
    "url": ("url",),
    "uscc": ("uscc",),
    "resident_id": ("resident_id",),
    "date": ("date",),
    "datetime": ("date",),
    "amount": ("amount",),
    "integer": ("integer",),
    "person_name": ("person_name",),
    "company_name": ("company_name",),
    "reference": ("company_name", "person_name"),
    "address": ("address", "region"),
    "region": ("region",),
    "code": ("code",),
}
#: Kinds whose values have a form: samples can contradict the heading.
STRICT = frozenset(["phone", "email", "url", "uscc", "resident_id", "date", "datetime", "amount", "integer"])  # fmt: skip
#: Kinds of names: codes in every row are none, nor are companies the names of persons.
NAMED, COMPANIES = ("company_name", "person_name", "reference"), 0.6
#: A lesser share of values of a strict kind contradicts; so large a share of another kind does for
#: the kinds whose values have no form of their own.
CONTRADICTED, NEARLY_ALL = 0.20, 0.8
#: What no text is, and what the values of some fields and kinds are not.
NEVER_TEXT = ("mobile", "landline", "email", "resident_id", "date")
NEVER = {
    "title": (*NEVER_TEXT, "company_name"),
    "department": (*NEVER_TEXT, "person"),
    "other_phones": (),
    "wechat": (),
    "text": NEVER_TEXT,
    "tags": NEVER_TEXT,
    "region": (*NEVER_TEXT, "person", "company_name"),
    "address": (*NEVER_TEXT, "person"),
    "company_name": NEVER_TEXT,
    "person_name": (*NEVER_TEXT, "address"),
}
#: What a share counts at least where the values have no form of their own.
UNCONFIRMED = 0.25
#: Picklists whose words every company makes up: an unknown one says nothing.
OPEN = ("source", "industry", "method")
#: Headings that only number the rows of a sheet.
NUMBERING = ("序号", "序", "行号", "no", "", "编号", "序列", "index", "rownum", "sn", "seq")
#: Those that never mean a code.
COUNTERS = ("序号", "序", "行号", "序列", "rownum", "sn", "seq")
#: How to mask samples that look like this kind, most personal first.
MASKS = {
    "resident_id": "resident_id",
    "mobile": "phone",
    "email": "email",
    "landline": "phone",
    "person_name": "person_name",
    "address": "address",
    "long_text": "long_text",
}


def telling(samples: Sequence[str]) -> list[str]:
    """The samples that say something: without blanks and words for nothing; all where none does."""
    some = [sample for sample in samples if not says_nothing(sample)]
    return some or [sample for sample in samples if sample.strip()]


@dataclass(frozen=True)
class Fit:
    """How well the samples of a column suit a field. `share`: of samples that look like it, None where
    content cannot tell; `worth`: what that counts, from 0 to 1; `contradicted`: they are something
    else."""

    share: float | None = None
    worth: float | None = None
    contradicted: bool = False


def fits(field: Field, rates: dict[str, float], column: Column) -> Fit:
    """How well a column's samples suit a field."""
    if not rates:
        return Fit()
    if field.kind in ("picklist", "industry", "yes_no"):
        return _picked(field, column.samples, rates)
    share = _share(field, rates)
    if field.kind in STRICT:
        return Fit(share, share, share < CONTRADICTED)
    if _is_another(field, rates, column):
        return Fit(share or 0.0, 0.0, contradicted=True)
    return Fit(share, None if share is None else max(share, UNCONFIRMED))


def _share(field: Field, rates: dict[str, float]) -> float | None:
    if field.kind == "phone":
        wanted, other = ("mobile", "landline")
        if field.options.get("want") == "phone":
            wanted, other = other, wanted
        return min(1.0, rates[wanted] + 0.7 * rates[other])
    kinds = KINDS.get(field.kind)
    return max(rates[kind] for kind in kinds) if kinds else None


def _is_another(field: Field, rates: dict[str, float], column: Column) -> bool:
    """Whether samples of a kind without a form of its own are nearly all of another kind, codes in
    every row where a name is meant, or the same name in every row."""
    if field.kind == "company_name" and column.filled > 1 and column.distinct == 1:
        return True
    if field.kind in NAMED and rates["code"] == 1:
        return True
    if field.kind == "person_name" and rates["company_name"] >= COMPANIES:
        return True
    if field.kind == "code":
        written = [bool(re.search(r"[0-9A-Za-z]", s)) for s in telling(column.samples)]
        return sum(written) < len(written) / 2
    others = NEVER.get(field.name, NEVER.get(field.kind, ()))
    return max((rates[kind] for kind in others), default=0.0) >= NEARLY_ALL


def _picked(field: Field, samples: Sequence[str], rates: dict[str, float]) -> Fit:
    """Few short words; the share that the standard knows. None at all contradicts: another list of
    the same name (企业类型: 有限公司), or the codes of a system that only a lookup can translate."""
    filled = [sample.strip().lower() for sample in telling(samples)]
    known = {value.lower() for value in (*field.values, *field.synonyms)}
    known |= YES_NO if field.kind == "yes_no" else set()
    hits = sum(text in known for text in filled) / len(filled)
    if not hits and (rates["number"] == 1 or (len(filled) > 1 and field.name not in OPEN)):
        return Fit(0.0, 0.0, contradicted=True)
    if field.kind == "industry" or not known:
        return Fit(None, None if rates["words"] > 0.5 else 0.3)
    return Fit(hits, max(hits, 0.4 if rates["words"] > 0.5 else 0.25))


def numbers_rows(column: Column, rates: dict[str, float]) -> bool:
    """Whether a column only numbers the rows: 1, 2, 3… under 编号, any whole numbers under 序号."""
    if plain(column.heading).replace("/", "") in COUNTERS and column.filled == column.distinct:
        return rates.get("number") == 1
    return is_numbering(column.heading) and bool(rates.get("serial"))


def is_numbering(heading: str) -> bool:
    """Whether a heading only numbers the rows of a sheet: 序号, No., #, or 序 over 号."""
    return plain(heading).replace("/", "") in NUMBERING


def mask_kind(samples: Sequence[str]) -> str:
    """How to mask samples of a column that no field was found for: by what they look like."""
    rates = detect(samples)
    return next((mask for kind, mask in MASKS.items() if rates.get(kind, 0) > 0.2), "company_name")
