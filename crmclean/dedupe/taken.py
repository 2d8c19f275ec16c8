"""What is unchanged is taken over: the one idea of a refresh.

The stage is a function of rows that reach one another (`reach.py`). So a refresh does the very same
stage for the rows that a change reaches, as if there were no others, and puts what comes of them
between what the last whole run (`base.py`) made of the rest, under the numbers that rows have now.
Every table is in reading order, so it comes to what a whole run with the same state comes to, byte
for byte. Where that does not hold (another project, a retraining, decisions that move all weights, a key
that grew too common, too many changes), all is done anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import base as bases
from crmclean.dedupe import ties
from crmclean.dedupe.base import key_file, packed, rows_of
from crmclean.dedupe.changed import Changed, Records
from crmclean.dedupe.deduped import Deduped, deduped
from crmclean.dedupe.fields import Field
from crmclean.dedupe.frozen import Frozen
from crmclean.dedupe.golden import Matched
from crmclean.dedupe.job import Job
from crmclean.dedupe.joined import Outside
from crmclean.dedupe.parts import keep, whole
from crmclean.dedupe.reach import reached
from crmclean.dedupe.together import together
from crmclean.identity import coded
from crmclean.run import Work, cache
from crmclean.run.numbers import distinct
from crmclean.tables import PART_BITS

Judge = Callable[[Records, Job], dict[str, Matched]]


@dataclass(frozen=True)
class After:
    """What is made of golden records next: `whole`, of all, which writes the tables; `some`, of those
    that a refresh made anew; `shared`: fields, by object, whose value in one golden record is judged
    by those of others; `made_from`: what else it depends on."""

    whole: Callable[[Deduped], Any]
    some: Callable[[Deduped, Outside], Any]
    shared: dict[str, list[str]]
    made_from: str = ""


def refreshed(
    changed: Changed, frozen: Frozen, job: Job, work: Work, judge: Judge, after: After | None
) -> Deduped | tuple[Deduped, Any, Outside] | None:
    """What a whole run would come to; None where it must be one. `judge`: the stage; `after`: what
    comes next, then only that of the rows that a change reaches is made, and told with the rest."""
    base = bases.read(work, job)
    reach = base and reached(base, changed, frozen, job, after.shared if after else {})
    if not base or not reach:
        return None
    while not reach.too_far:
        parts = judge(changed.at(base, reach.rows), replace(job, known=base.known))
        if parts["customer"].braked or parts["customer"].moved != base.moved:
            return None
        heirs = reach.heirs({name: one.prints for name, one in parts.items()})
        found, outside = deduped(parts), Outside(base, reach)
        if reach.inside[heirs].all() and after is None:
            return outside.whole(found)
        if reach.inside[heirs].all():
            made = after.some(found, outside)
            if not outside.joins(made.parts):
                return None
            heirs = reach.holding(made.golden)
            if reach.inside[heirs].all():
                return found, made, outside
        reach.grow(heirs)
    return None


class Keep:
    """Keeps a whole run for `refreshed`: its keys while it is done, then its records and their ties,
    at last what was made of them. Records that `work` holds are not written twice."""

    def __init__(self, work: Work, records: Records, job: Job) -> None:
        self._work, self._job = work, job
        self._rows = rows_of(records)
        self._ties: list[np.ndarray] = []
        if cache.kept(work):
            cache.rebase(work)
        work.fresh_folder(bases.FOLDER)

    def keys(self, kind: str, rare: np.ndarray) -> None:
        """The keys of the customers of one kind."""
        self._put(key_file(kind), pa.table({"packed": rare}))

    def customers(self, own: pa.Table, fields: dict[str, Field]) -> None:
        """What ties customers."""
        self._tie(ties.of_customers(own, fields))

    def records(
        self,
        records: Records,
        parts: dict[str, Matched],
        found: Deduped,
        known: dict[str, pa.Table],
    ) -> None:
        """The records, what ties them, and their golden ids; `known`: those of earlier runs."""
        customers = records["customer"]["record"].to_numpy() >> PART_BITS
        self._put("rows", pa.table({"place": self._rows}))
        self._put("customers", pa.table({"place": customers}))
        names = records["customer"]["name"].combine_chunks()
        for name, own in records.items():
            self._tie(ties.of_prints(name, own, coded(own, self._job.plan)))
            self._tie(ties.of_prints(name, own, ties.stems(parts[name].prints)))
            if name != "customer":
                self._tie(ties.of_children(own, names))
            if self._work.has(f"last/records/{name}"):
                self._work.link(f"last/records/{name}", f"{bases.FOLDER}/records/{name}")
            else:
                self._put(f"records/{name}", own)
            self._put(f"known/{name}", known[name])
            mine = found.crosswalk.filter(pc.equal(found.crosswalk["object"], name))
            given = {"print": parts[name].prints, "golden": mine["golden"]}
            self._put(f"given/{name}", pa.table(given))
        self._put("ties", pa.table({"packed": distinct(np.concatenate(self._ties))}))
        self._ties.clear()

    def made(
        self, customers: Matched, found: Deduped, made: Any, shared: dict[str, list[str]]
    ) -> None:
        """All else. `made`: what was made next, in the tables that `work` holds; None: nothing;
        `shared`: as `After` has it."""
        frozen = [*self._job.state.entries("weights")[-1:], *found.memory["weights"]]
        if not frozen or customers.braked:
            return
        tables_ = made.parts if made else found.parts()
        if made:
            self._work.link("completeness", f"{bases.FOLDER}/completeness")
        keep(self._work, bases.FOLDER, tables_)
        for name, own in tables_.items():
            if made:
                self._work.link(name, f"{bases.FOLDER}/{name}")
            else:
                self._put(name, whole(own))
        component = together(self._work, bases.FOLDER, self._rows, shared)
        self._put("together", pa.table({"component": component}))
        given = frozen[-1], found.memory["golden"], customers.moved, made and made.today
        bases.finish(self._work, self._job, *given)

    def _tie(self, found: Iterable[ties.Ties]) -> None:
        """Packed one by one: a million records have ten million ties."""
        for row, hashes in found:
            at = np.searchsorted(self._rows, row).astype(np.uint64)
            self._ties.append(packed(hashes, at))

    def _put(self, name: str, table: pa.Table) -> None:
        self._work.put(f"{bases.FOLDER}/{name}", table)
