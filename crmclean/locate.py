"""Which rows a person means: by place (file#sheet!row), by code (system:code), or by golden id.

Places are what reports and workbooks show; a code of the old system holds when rows move; a golden
id stands for all rows that were merged into it.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.run import Work
from crmclean.tables import PART_BITS, ROW_BITS, sources_of, unpack

#: A source and a row of it.
Row = tuple[int, int]


def rows(work: Work, plan: Plan, model: dict[str, Object], named: str) -> list[Row]:
    """The rows that are meant, in reading order. Raises UsageError RECORD_UNKNOWN where there is
    none."""
    found = _placed(work, plan, named) or _coded(work, plan, model, named) or _merged(work, named)
    if not found:
        raise UsageError("RECORD_UNKNOWN", record=named)
    return found


def comes_from(records: pa.Array, places: Iterable[Row]) -> pa.Array:
    """Whether each record comes from one of these rows."""
    meant = pa.array([source << ROW_BITS | row for source, row in places], pa.int64())
    return pc.is_in(pc.shift_right(records, PART_BITS), meant)


def _placed(work: Work, plan: Plan, named: str) -> list[Row]:
    found = plan.find(named)
    if not found:
        return []
    known = work.get(f"rows/{found[0]}", ["row"])["row"]
    return [found] if pc.any(pc.equal(known, found[1])).as_py() else []


def _coded(work: Work, plan: Plan, model: dict[str, Object], named: str) -> list[Row]:
    found: set[Row] = set()
    for system in {source.system for source in plan.sources}:
        if not named.startswith(f"{system}:"):
            continue
        code = named.removeprefix(f"{system}:")
        numbers = pa.array([s.number for s in plan.sources if s.system == system], pa.int32())
        for name in (name for name, owner in model.items() if "code" in owner.fields):
            records = work.get(f"records/{name}", ["record", "code"])
            own = records["record"].filter(pc.equal(records["code"], code)).combine_chunks()
            found |= _rows(own.filter(pc.is_in(sources_of(own), numbers)))
    return sorted(found)


def _merged(work: Work, named: str) -> list[Row]:
    crosswalk = work.get("crosswalk", ["record", "golden"])
    return sorted(_rows(crosswalk["record"].filter(pc.equal(crosswalk["golden"], named))))


def _rows(records: pa.Array | pa.ChunkedArray) -> set[Row]:
    return {unpack(record)[:2] for record in records.to_pylist()}
