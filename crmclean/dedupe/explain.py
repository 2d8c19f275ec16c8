"""Why two records are thought one: the waterfall of their match weight, comparison by comparison."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import compare, contacts, customer_fields, customers, weights
from crmclean.messages import entries, say


def explain(
    records: dict[str, pa.Table], pairs: pa.Table, object: str, left: int, right: int
) -> list[tuple[str, str, float]]:
    """(comparison, words of the level reached, bits), the prior first, the sum last.

    `records` and `pairs` are the tables of a run. A pair that was never compared is weighed with
    the built-in weights. KeyError where there is no such record."""
    left, right = min(left, right), max(left, right)
    spec, fields = _fields(records, object, left, right)
    one, two = np.array([0]), np.array([1])
    reached = compare.reached(spec.comparisons, fields, one, two)[0]
    stored = _stored(pairs, object, left, right)
    if stored is None:
        built = weights.built_in(spec.comparisons, records[object].num_rows)
        bits = [float(built.bits(c)[n]) for c, n in zip(spec.comparisons, reached, strict=True)]
        prior = built.prior
    else:
        total, each = stored
        bits = [each.get(c.name, 0.0) for c in spec.comparisons]
        prior = total - sum(each.values())
    lines = [("prior", say("dedupe.prior"), round(prior, 1))]
    for comparison, level, worth in zip(spec.comparisons, reached, bits, strict=True):
        name = comparison.levels[level - 1].name if level else "missing"
        lines.append(
            (_words("comparison", comparison.name), _words("level", name), round(worth, 1))
        )
    return [*lines, ("total", say("dedupe.total"), round(prior + sum(bits), 1))]


def _fields(records: dict[str, pa.Table], object: str, left: int, right: int):
    own = records[object]
    ids = own["record"].combine_chunks()
    at = [pc.index(ids, pa.scalar(record, pa.int64())).as_py() for record in (left, right)]
    for record, place in zip((left, right), at, strict=True):
        if place < 0:
            raise KeyError(record)
    both = own.take(pa.array(at))
    if object == "contact":
        same = pa.array(["one customer"] * 2)  # contacts are only ever compared within one
        return contacts.SPEC, contacts.prepare(both, same)
    return customers.SPEC, customer_fields.prepare(both, records.get("contact"))


def _stored(
    pairs: pa.Table, object: str, left: int, right: int
) -> tuple[float, dict[str, float]] | None:
    mask = pc.and_(
        pc.equal(pairs["object"], object),
        pc.and_(pc.equal(pairs["left"], left), pc.equal(pairs["right"], right)),
    )
    found = pairs.filter(mask).to_pylist()
    return (found[0]["weight"], dict(found[0]["weights"])) if found else None


def _words(kind: str, name: str) -> str:
    code = f"dedupe.{kind}.{name}"
    return say(code) if code in entries() else name
