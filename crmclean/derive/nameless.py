"""How to reach a customer whose contact has no name.

Many lists give a company and a number, and nobody to ask for. No CRM takes a contact without a
name, and a name is never invented: such a contact stays out, and its name is listed as a gap. Its
number is the customer's as well, so a customer that has none of its own gets it. A value that its
rule refuses reaches nobody.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.derive.fields import write
from crmclean.model import Object
from crmclean.rules import rule

#: The fields that a nameless contact shares with its customer.
SHARED = ("mobile", "phone", "email")
LINK = "customer_golden"


def lent(
    golden: dict[str, pa.Table], model: dict[str, Object]
) -> tuple[dict[str, pa.Table], pa.Table]:
    """(golden records in which blank fields of customers are filled from contacts without a name,
    the changes). Of several such contacts the first counts."""
    contacts = golden.get("contact")
    if "customer" not in golden or contacts is None or LINK not in contacts.column_names:
        return golden, tables.CHANGES.empty_table()
    golden, changes = dict(golden), []
    nameless = contacts.filter(pc.is_null(contacts["name"]))
    for field in SHARED:
        customers = golden["customer"]
        if field not in contacts.column_names or field not in customers.column_names:
            continue
        form = rf"\A(?:{rule(model['contact'].fields[field].kind).FORM})\z"
        known = nameless.filter(pc.match_substring_regex(nameless[field], form))
        at = pc.index_in(customers["golden"].combine_chunks(), known[LINK].combine_chunks())
        found = known[field].combine_chunks().take(at)
        blank = pc.and_(pc.is_null(customers[field].combine_chunks()), pc.is_valid(found))
        write(golden, "customer", field, blank, found, ("derive", "nameless_contact"), changes)
    return golden, tables.concat(tables.CHANGES, changes)
