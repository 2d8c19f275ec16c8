"""What ties records of different rows together: values by which one may decide what becomes of another.

What the stage does with a record follows from the records of its own row, from those that it is
compared with (`blocks.py`), and from those that hold one of these values too. A tie too many costs
a refresh time; one too few would leave a record as it was that ought to change. Whoever lets the
stage look at another value across rows adds it here.
"""

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import identity
from crmclean.dedupe import name_fields
from crmclean.dedupe.characters import hashes
from crmclean.dedupe.fields import Field
from crmclean.dedupe.keys import mixed
from crmclean.plan import Plan
from crmclean.tables import PART_BITS

Ties = tuple[np.ndarray, np.ndarray]  # source rows, and the hash of what each is tied by
Records = dict[str, pa.Table]
NOBODY = pa.array([], pa.string())


def of_customers(own: pa.Table, fields: dict[str, Field]) -> Iterator[Ties]:
    """Children find a customer by its code and name, or by what is compared of the name; branches
    find their head office by that; a credit code of several customers is told of."""
    columns = [("code", "code"), ("name", "name"), ("name", "short_name")]
    texts = [(kind, _column(own, name)) for kind, name in columns]
    yield from _of_texts(own, texts)
    yield from _of_fields(own, [("core", fields["core"]), ("uscc", fields["uscc"])])


def of_children(own: pa.Table, names: pa.Array) -> Iterator[Ties]:
    """`names`: those by which a child surely finds its customer."""
    held = [("code", _column(own, "customer_code")), ("name", _column(own, "customer"))]
    yield from _of_texts(own, held)
    yield from _of_references(own, names)


def _of_references(own: pa.Table, names: pa.Array) -> Iterator[Ties]:
    given = _column(own, "customer")
    open_ = pc.and_(pc.is_valid(given), pc.invert(pc.is_in(given, value_set=names)))
    if pc.any(open_).as_py():
        asked = pc.if_else(open_, given, pa.scalar(None, pa.string()))
        yield from _of_texts(own, [("core", name_fields.reference_keys(asked)[1])])


def of_prints(object: str, own: pa.Table, begun: pa.Array) -> Iterator[Ties]:
    """Records with like fingerprints are told apart by numbers. `begun`: what these begin with."""
    yield from _of_texts(own, [(f"print {object}", begun)])


def of_others(records: Records, plan: Plan) -> Iterator[Ties]:
    """All other ties that some records may have, whatever further records there are."""
    for name, own in records.items():
        if name != "customer":
            yield from of_children(own, NOBODY)
        for begun in identity.stems(own, name, plan):
            yield from of_prints(name, own, begun)


def of_late(records: Records, plan: Plan) -> Iterator[Ties]:
    """The ties that records of a whole run may get, which had none like these: a name no longer finds
    its customer surely, a code is no longer that of one."""
    for name, own in records.items():
        if name != "customer":
            yield from _of_references(own, NOBODY)
        yield from of_prints(name, own, identity.stems(own, name, plan)[-1])


def _of_texts(own: pa.Table, held: Iterable[tuple[str, pa.Array]]) -> Iterator[Ties]:
    row = own["record"].to_numpy() >> PART_BITS
    for kind, texts in held:
        here = pc.fill_null(pc.not_equal(texts, ""), False)
        yield row[here.to_numpy(zero_copy_only=False)], tied(kind, hashes(texts.filter(here)))


def _of_fields(own: pa.Table, held: list[tuple[str, Field]]) -> Iterator[Ties]:
    row = own["record"].to_numpy() >> PART_BITS
    for kind, field in held:
        codes = field.codes
        here = np.flatnonzero(codes >= 0)
        yield row[here], tied(kind, field.hashes[codes[here]])


def stems(prints: pa.Array) -> pa.Array:
    """Fingerprints without the number that tells like records apart."""
    return pc.replace_substring_regex(prints, r"(#\d+)\.\d+$", r"\1")


def tied(kind: str, of_values: np.ndarray) -> np.ndarray:
    """Hashes of values as ties of a kind."""
    return mixed(of_values, np.uint64(zlib.crc32(kind.encode())))


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks()
