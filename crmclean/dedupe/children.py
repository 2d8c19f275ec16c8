"""Contacts, leads, follow-ups and opportunities find their golden customer and follow it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import name_fields
from crmclean.dedupe.cluster import numbered
from crmclean.dedupe.fields import Field
from crmclean.dedupe.references import NONE, SEVERAL, Customers, resolve
from crmclean.dedupe.report import issues_of
from crmclean.tables import CHANGES, ISSUES, concat, table

if TYPE_CHECKING:
    from crmclean.dedupe.golden import Matched
    from crmclean.dedupe.job import Job


@dataclass(frozen=True)
class Attached:
    """Children with the golden customer of each (null for none) and its name in their field;
    `held` and `why`: those that wait because their customer is not clear."""

    object: str
    records: pa.Table
    golden: pa.Array
    held: np.ndarray
    why: np.ndarray
    changes: pa.Table
    issues: pa.Table


def owners_of(
    customers: pa.Table, fields: dict[str, Field], found: "Matched", job: "Job"
) -> Customers:
    """What children can find their customer by."""
    core = fields["core"]
    heads = Field(np.where(fields["branch"].codes < 0, core.codes, -1), core.values)
    key = name_fields.key_field(fields)
    return Customers(customers, numbered(found.label)[1], _system_numbers(job), key, heads)


def attach(
    object: str, children: pa.Table, owners: Customers, golden_owners: pa.Table, job: "Job"
) -> Attached:
    """Resolve the customer of each child. A child that needs one and finds none, or several, is
    held and listed; one that may stand alone (a lead) loads, with an issue."""
    given = children["customer"].combine_chunks()
    answer = resolve(children, owners, name_fields.reference_keys)
    at = pa.array(answer.cluster, mask=answer.cluster < 0)
    golden = golden_owners["golden"].combine_chunks().take(at)
    name = pc.coalesce(golden_owners["name"].combine_chunks().take(at), given)
    needs = job.model[object].fields["customer"].required == "target"
    named = pc.is_valid(given).to_numpy(zero_copy_only=False)
    lost = (answer.cluster == NONE) & (named | needs)
    unclear = answer.cluster == SEVERAL
    why = np.where(unclear, "AMBIGUOUS_REFERENCE", np.where(lost, "ORPHAN", ""))
    held = (why != "") & needs
    place = children.column_names.index("customer")
    return Attached(
        object,
        children.set_column(place, "customer", name),
        golden,
        held,
        np.where(held, why, ""),
        _changes(object, children, name, answer.way),
        _issues(object, children, given, name, why, answer.way, needs),
    )


def _changes(object: str, children: pa.Table, name: pa.Array, way: np.ndarray) -> pa.Table:
    before = children["customer"].combine_chunks()
    same = pc.or_kleene(pc.equal(before, name), pc.and_(pc.is_null(before), pc.is_null(name)))
    at = pa.array(np.flatnonzero(~pc.fill_null(same, False).to_numpy(zero_copy_only=False)))
    return table(
        CHANGES,
        {
            "object": object,
            "record": children["record"].combine_chunks().take(at),
            "field": "customer",
            "step": "reference",
            "rule": pa.array(way, pa.string()).take(at),
            "before": before.take(at),
            "after": name.take(at),
        },
    )


def _issues(
    object: str,
    children: pa.Table,
    given: pa.Array,
    name: pa.Array,
    why: np.ndarray,
    way: np.ndarray,
    needs: bool,
) -> pa.Table:
    records = children["record"].combine_chunks()
    none = pa.nulls(len(given), pa.string())
    lost = "ORPHAN" if needs else "REFERENCE_UNKNOWN"
    return concat(
        ISSUES,
        [
            issues_of(object, records, "customer", lost, given, none, why == "ORPHAN"),
            issues_of(
                object, records, "customer", "AMBIGUOUS_REFERENCE", given, none,
                why == "AMBIGUOUS_REFERENCE",
            ),
            issues_of(object, records, "customer", "REFERENCE_BY_KEY", given, name, way == "key"),
        ],
    )  # fmt: skip


def _system_numbers(job: "Job") -> np.ndarray:
    """The number of each source's system; a source without a name is a system of its own entry."""
    names = [source.system or f"sources[{source.entry}]" for source in job.plan.sources]
    order = {name: n for n, name in enumerate(sorted(set(names)))}
    return np.array([-1, *(order[name] for name in names)])
