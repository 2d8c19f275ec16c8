"""Where a customer without a region probably is, from its credit code or its area code.

Digits 3 to 6 of a USCC name the authority that registered the company, an area code the exchange of
its telephone: neither is an address. So both only ever suggest: the issue is `info`, which is outside
score and gates, and a person accepts it or not. Where the two disagree nothing is suggested.
Source: GB 32100-2015 (digits 3-8: GB/T 2260); the area codes of `rules/tables`.
"""

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.derive.fields import issues_of
from crmclean.rules import _tables, rule
from crmclean.rules._divisions import codes
from crmclean.rules._regions import place, read

FIELDS = ("province", "city")


def suggest(golden: dict[str, pa.Table]) -> pa.Table:
    """Issues (tables.ISSUES) REGION_SUGGESTED for blank provinces and cities of customers."""
    customers = golden.get("customer")
    needed = {*FIELDS, "uscc", "phone", "record"}
    if customers is None or not needed <= set(customers.column_names):
        return tables.ISSUES.empty_table()
    blank = pc.or_(pc.is_null(customers["province"]), pc.is_null(customers["city"]))
    asked = customers.filter(blank).combine_chunks()
    found = [_from_uscc(asked), _from_phone(asked)]
    known = {field: _agreed(*(place[field] for place in found)) for field in FIELDS}
    fits = pc.fill_null(pc.equal(asked["province"], known["province"]), True)
    known["city"] = pc.if_else(fits, known["city"], None)
    return tables.concat(tables.ISSUES, [_issues(asked, field, known[field]) for field in FIELDS])


def _issues(customers: pa.Table, field: str, suggestion: pa.Array) -> pa.Table:
    blank = customers[field].combine_chunks()
    mask = pc.and_(pc.is_null(blank), pc.is_valid(suggestion))
    return issues_of(customers, "customer", field, "REGION_SUGGESTED", mask, blank, suggestion)


def _agreed(one: pa.Array, other: pa.Array) -> pa.Array:
    """What both say, or the one that says anything."""
    same = pc.fill_null(pc.equal(one, other), True)
    return pc.if_else(same, pc.coalesce(one, other), None)


def _from_uscc(customers: pa.Table) -> dict[str, pa.Array]:
    uscc = customers["uscc"].combine_chunks()
    sound = pc.match_substring_regex(uscc, rf"\A(?:{rule('uscc').FORM})\z")
    division = pc.if_else(sound, pc.utf8_slice_codeunits(uscc, 2, 6), None)
    return _looked_up(division, _divisions())


def _from_phone(customers: pa.Table) -> dict[str, pa.Array]:
    area = pc.extract_regex(customers["phone"].combine_chunks(), r"\A(?P<code>0[0-9]{2,3})-")
    return _looked_up(pc.struct_field(area, "code"), _areas())


def _looked_up(keys: pa.Array, known: dict[str, dict[str, str]]) -> dict[str, pa.Array]:
    at = pc.index_in(keys, pa.array(list(known), pa.string()), skip_nulls=True)
    places = known.values()
    return {f: pa.array([p.get(f) for p in places], pa.string()).take(at) for f in FIELDS}


@cache
def _divisions() -> dict[str, dict[str, str]]:
    return {code: place(code) for code in codes() if len(code) == 4}


@cache
def _areas() -> dict[str, dict[str, str]]:
    lines = _tables.table("area_codes")
    return {line["code"]: read(line["province"] + line["city"])[0] for line in lines}
