"""What the stage tells people: issues, and the blocking report."""

import numpy as np
import pyarrow as pa

from crmclean.dedupe.engine import Scored
from crmclean.dedupe.fields import Field
from crmclean.messages import severity
from crmclean.tables import ISSUES, TEXT, concat, rows_of, sources_of, table

#: One row per kind of key: how many keys and pairs it made, the largest block that was used, and
#: how many blocks were too common to use, the largest of them.
BLOCKS = pa.schema(
    [
        ("object", TEXT),
        ("key", TEXT),
        ("keys", pa.int64()),
        ("pairs", pa.int64()),
        ("largest", pa.int64()),
        ("skipped", pa.int64()),
        ("largest_skipped", pa.int64()),
    ]
)


def blocks_table(object: str, blocks: list[tuple[str, int, int, int, int, int]]) -> pa.Table:
    """The blocking report of one object."""
    columns = list(zip(*blocks, strict=True)) if blocks else [[]] * 6
    names = ("key", "keys", "pairs", "largest", "skipped", "largest_skipped")
    filled = {name: list(column) for name, column in zip(names, columns, strict=True)}
    return table(BLOCKS, {"object": object, **filled})


def issues_of(
    object: str,
    records: pa.Array,
    field: str,
    code: str,
    value: pa.Array,
    suggestion: pa.Array,
    mask: np.ndarray,
) -> pa.Table:
    """One issue for each record under the mask."""
    at = pa.array(np.flatnonzero(mask))
    if not len(at):
        return ISSUES.empty_table()
    own = records.take(at)
    return table(
        ISSUES,
        {
            "source": sources_of(own),
            "row": rows_of(own),
            "object": object,
            "record": own,
            "field": field,
            "code": code,
            "severity": severity(code),
            "value": value.take(at),
            "suggestion": suggestion.take(at),
        },
    )


def found_issues(
    records: pa.Table,
    fields: dict[str, Field],
    label: np.ndarray,
    verdict: np.ndarray,
    scored: Scored,
    why: np.ndarray,
    contradicted: np.ndarray,
) -> pa.Table:
    """Issues about customers: owner conflicts, decisions that no law allows, review pairs, notes in
    names, one USCC kept apart."""
    ids = records["record"].combine_chunks()
    name = records["name"].combine_chunks()
    none = pa.nulls(len(name), TEXT)
    flagged = fields["flags"].codes >= 0
    flags = fields["flags"].texts
    waiting = np.zeros(len(label), bool)
    review = verdict == "review"
    waiting[scored.left[review]] = waiting[scored.right[review]] = True
    owner = records["owner"].combine_chunks() if "owner" in records.column_names else none
    return concat(
        ISSUES,
        [
            issues_of("customer", ids, "owner", "OWNER_CONFLICT", owner, none, why == "OWNER_CONFLICT"),
            issues_of("customer", ids, "name", "ALWAYS_IMPOSSIBLE", name, none, contradicted),
            issues_of("customer", ids, "name", "REVIEW_PAIR", name, none, waiting),
            issues_of("customer", ids, "name", "NAME_NOTE", name, flags, flagged),
            issues_of("customer", ids, "uscc", "USCC_APART", fields["uscc"].texts, none, _apart(fields["uscc"].codes, label)),
        ],
    )  # fmt: skip


def _apart(codes: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Records whose value also stands in another cluster."""
    filled = codes >= 0
    low = np.full(codes.max(initial=-1) + 1, np.iinfo(np.int64).max)
    high = np.full(len(low), -1)
    np.minimum.at(low, codes[filled], label[filled])
    np.maximum.at(high, codes[filled], label[filled])
    apart = np.zeros(len(codes), bool)
    apart[filled] = (low < high)[codes[filled]]
    return apart
