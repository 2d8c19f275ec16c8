"""What a refresh made of the rows that a change reaches, put between what was made of the rest.

Rows of the last whole run get the numbers that their source rows have now; both parts are in
reading order, and so is what comes of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.base import FOLDER, Base
from crmclean.dedupe.deduped import Deduped
from crmclean.dedupe.parts import Former, Part, Parts, whole
from crmclean.dedupe.reach import Reach
from crmclean.dedupe.refresh import DELTA
from crmclean.run import Work
from crmclean.run.kept import Kept
from crmclean.tables import concat


@dataclass(frozen=True)
class Outside:
    """What no change reaches, as the last whole run made it."""

    base: Base
    reach: Reach

    @cached_property
    def kept(self) -> Kept:
        """Its source rows."""
        at = np.flatnonzero(~self.reach.inside & (self.reach.now >= 0))
        return Kept.of(self.base.places[at], self.reach.now[at])

    @cached_property
    def _former(self) -> Former:
        return Former(self.base.work, FOLDER)

    def joins(self, parts: Parts) -> bool:
        """Whether it is known how these tables are put together with what was made then."""
        return self._former.joins(parts)

    def put(self, work: Work, name: str, parts: list[Part], anew: Iterable[str] = ()) -> None:
        """Write a table of what is outside and of what was made now; of the parts `anew` that is all."""
        made = self._former.slices(name, parts, self.kept, anew)
        work.put_over(name, f"{FOLDER}/{name}", whole(parts), made)

    def golden(self, new: dict[str, pa.Table], fields: dict[str, list[str]]) -> dict[str, pa.Table]:
        """Some fields of all golden records, in no order."""
        found = {}
        for name, own in new.items():
            old = self.reach.golden(name, inside=False, fields=fields[name])
            found[name] = pa.concat_tables([old, own.select(old.column_names)])
        return found

    def whole(self, new: Deduped) -> Deduped:
        """The tables of all rows. `new`: what was made of the rows inside."""
        found = {name: self._joined(name, own) for name, own in new.parts().items()}
        golden = {name: found[f"golden/{name}"][0] for name in new.golden}
        ids = {name: own["golden"] for name, own in golden.items()}
        return Deduped(
            golden=golden,
            **{name: found[name][0] for name in ("pairs", "crosswalk", "golden_cells")},
            changes=found["changes/dedupe"][0],
            issues=found["issues/dedupe"][0],
            firsts={name: found[f"golden/{name}"][1] for name in golden},
            cells_at=found["golden_cells"][1],
            memory=new.memory,
            delta=changed(new, ids),
        )

    def _joined(self, name: str, parts: list[Part]) -> tuple[pa.Table, np.ndarray]:
        """A table of all rows, and the source row that each came of."""
        made = self._former.slices(name, parts, self.kept)
        table = made.whole(self.base.table(name), whole(parts)).combine_chunks()
        return table, self.places(name, parts)

    def places(self, name: str, parts: list[Part]) -> np.ndarray:
        """The source rows that all rows of a table came of."""
        made = self._former.slices(name, parts, self.kept)
        then = self.base.table(f"at/{name}")["place"].to_numpy()
        places = np.concatenate([self.kept.moved(then), *(part.places for part in parts)])
        return places[made.places()]


def changed(new: Deduped, ids: dict[str, pa.ChunkedArray]) -> pa.Table:
    """DELTA of all golden records, by their `ids`: as what was made now says, else unchanged."""
    found = []
    for name, golden in ids.items():
        known = new.delta.filter(pc.equal(new.delta["object"], name))
        said = known["change"].combine_chunks().take(_at(golden, known["golden"]))
        here = pc.is_in(golden, value_set=new.golden[name]["golden"].combine_chunks())
        change = pc.coalesce(said, pc.if_else(here.combine_chunks(), "new", "unchanged"))
        found.append(pa.table([pa.repeat(name, len(golden)), golden, change], schema=DELTA))
    return concat(DELTA, found)


def _at(ids: pa.ChunkedArray, golden: pa.ChunkedArray) -> pa.Array:
    return pc.index_in(ids, value_set=golden.combine_chunks()).combine_chunks()
