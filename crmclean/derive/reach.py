"""How to reach a customer whose contact has no name.

Many lists give a company and a number, and nobody to ask for. No CRM takes a contact without a
name, and a name is never invented: such a contact stays out, and its name is listed as a gap. Its
number is the customer's as well, so a customer that has none of its own gets it. A value that its
rule refuses reaches nobody.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.model import Object
from crmclean.rules import rule

#: The fields that a nameless contact shares with its customer.
SHARED = ("mobile", "phone", "email")


def reach(
    golden: dict[str, pa.Table], model: dict[str, Object]
) -> tuple[dict[str, pa.Table], pa.Table]:
    """(golden records in which blank fields of customers are filled from contacts without a name,
    the changes). Of several such contacts the first counts."""
    customers, contacts = golden.get("customer"), golden.get("contact")
    if customers is None or contacts is None or "customer_golden" not in contacts.column_names:
        return golden, tables.CHANGES.empty_table()
    nameless = contacts.filter(pc.is_null(contacts["name"]))
    changes = []
    for field in SHARED:
        if field not in contacts.column_names or field not in customers.column_names:
            continue
        form = rf"\A(?:{rule(model['contact'].fields[field].kind).FORM})\z"
        known = nameless.filter(pc.match_substring_regex(nameless[field], form))
        at = pc.index_in(customers["golden"].combine_chunks(), _keys(known))
        found = known[field].combine_chunks().take(at)
        customers, change = _filled(customers, field, found)
        changes.append(change)
    return {**golden, "customer": customers}, tables.concat(tables.CHANGES, changes)


def _keys(contacts: pa.Table) -> pa.Array:
    return contacts["customer_golden"].combine_chunks()


def _filled(customers: pa.Table, field: str, found: pa.Array) -> tuple[pa.Table, pa.Table]:
    before = customers[field].combine_chunks()
    mask = pc.and_(pc.is_null(before), pc.is_valid(found))
    columns = {
        "object": "customer", "record": customers["record"].filter(mask), "field": field,
        "step": "derive", "rule": "nameless_contact", "after": found.filter(mask),
    }  # fmt: skip
    place = customers.column_names.index(field)
    filled = customers.set_column(place, field, pc.coalesce(before, found))
    return filled, tables.table(tables.CHANGES, columns, pc.sum(mask).as_py() or 0)
