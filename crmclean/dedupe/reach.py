"""How far a change reaches: the source rows that may come out otherwise than last time.

A changed row reaches the rows that it is like (found by the keys that they share, then weighed),
and every row reaches those that share a tie (`ties.py`) or a pair with it. Rows that nothing reaches
come out as they did.
"""

from collections.abc import Iterable
from functools import cached_property
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import State
from crmclean.dedupe import customer_fields, customers, engine, ids
from crmclean.dedupe.base import FOLDER, Base, key_file, rows_of
from crmclean.dedupe.blocks import GROWN, RECORD_BITS, candidates
from crmclean.dedupe.changed import Changed, Records
from crmclean.dedupe.fields import encode
from crmclean.dedupe.frozen import Frozen
from crmclean.dedupe.job import Job
from crmclean.dedupe.parts import of_object
from crmclean.dedupe.ties import Ties, of_customers, of_late, of_others, stems, tied
from crmclean.run.gather import some
from crmclean.run.numbers import distinct
from crmclean.tables import PART_BITS

#: From this share of rows on, all is done anew.
MOST = 0.2


class Reach:
    """From the rows of the base that a change reaches to those that it reaches by them.

    `now`: for each row of the base where it stands now, -1 for gone; `changed`: the rows of now that
    are none of the base; `inside`: which rows of the base a change reaches."""

    def __init__(
        self, base: Base, changed: Changed, job: Job, shared: dict[str, list[str]]
    ) -> None:
        places, then = _then(base, changed)
        self.now = np.full(len(base.places), -1)
        self.now[then[then >= 0]] = places[then >= 0]
        self.changed = np.union1d(places[then < 0], rows_of(changed.new))
        self.inside = np.zeros(len(base.places), bool)
        self._base, self._plan, self._objects = base, job.plan, list(changed.new)
        self._shared = shared
        self._first: dict[str, np.ndarray] = {}

    @property
    def rows(self) -> np.ndarray:
        """The rows of now that a change reaches, in order."""
        return np.union1d(self.changed, self.now[self.inside & (self.now >= 0)])

    @property
    def too_far(self) -> bool:
        """Whether it is as well to do all anew."""
        many = len(self.changed) + int(self.inside.sum())
        return many > MOST * max(len(self.now), 1)

    def grow(self, found: np.ndarray) -> None:
        """Take in these rows of the base and all that they reach: those that they hung together with
        (`together.py`), then those that the ties lead to that they may get."""
        while len(more := self._together_with(found)) and not self.too_far:
            old = self._base.records(self._objects, self._base.places[more])
            found = self._having(of_late(old, self._plan))

    def _together_with(self, found: np.ndarray) -> np.ndarray:
        """Take in those that some rows hung together with; which were not inside before."""
        reached = np.zeros(len(self.inside), bool)
        reached[self._component[found]] = True
        more = np.flatnonzero(reached[self._component] & ~self.inside)
        self.inside[more] = True
        return more

    @cached_property
    def _component(self) -> np.ndarray:
        return self._base.table("together")["component"].to_numpy()

    def tied_to(self, records: Records) -> np.ndarray:
        """The rows that share a tie with one of these records."""
        fields = customer_fields.prepare(records["customer"], records.get("contact"))
        own = of_customers(records["customer"], fields)
        return self._having(chain(own, of_others(records, self._plan)))

    def _having(self, ties: Iterable[Ties]) -> np.ndarray:
        """The rows that have one of some ties."""
        hashes = [tied_by for _, tied_by in ties]
        return self._base.having("ties", distinct(np.concatenate(hashes)))[1]

    def named(self, state: State) -> np.ndarray:
        """The rows that the state speaks of since then: of ids that it did not have, of decisions."""
        said = [(one["object"], one["records"]) for one in self._base.said]
        said += [(e["object"], [e["left"], e["right"]]) for e in state.entries("pairs")]
        said += [("customer", [entry["record"]]) for entry in state.entries("owners")]
        found = [np.zeros(0, np.int64)]
        for name in self._objects:
            prints = [text for object, texts in said if object == name for text in texts]
            begun = encode(stems(pa.array(prints, pa.string())))
            found.append(self._base.having("ties", tied(f"print {name}", begun.hashes))[1])
        return np.concatenate(found)

    def holding(self, golden: Records) -> np.ndarray:
        """The rows of golden records of then that have a value of one of these, where values are
        judged by who else has them."""
        found = [np.zeros(0, np.int64)]
        for name, own in self._shared.items():
            asked = [field for field in own if field in golden[name].column_names]
            values = [pc.unique(golden[name][field]).drop_null() for field in asked]
            found.append(self._of_golden(name, list(zip(asked, values, strict=True))))
        return np.concatenate(found)

    def filled(self) -> np.ndarray:
        """The rows of golden records of which values were filled in since then."""
        found = [np.zeros(0, np.int64)]
        for name in self._objects:
            ids = [e["golden"] for e in self._base.filled if e["object"] == name and "golden" in e]
            found.append(self._of_golden(name, [("golden", pa.array(ids, pa.string()))]))
        return np.concatenate(found)

    def golden(self, object: str, inside: bool, fields: list[str] | None = None) -> pa.Table:
        """The golden records of then that a change reaches, or does not reach."""
        at = np.flatnonzero(self.inside[self._firsts(object)] == inside)
        return self._taken(object, at, fields)

    def crosswalk(self) -> pa.Table:
        """What became then of the records that a change reaches."""
        with self._base.work.mapped(f"{FOLDER}/crosswalk") as own:
            places = own["record"].to_numpy() >> PART_BITS
            at = self.inside[np.searchsorted(self._base.places, places)]
            return some(own, np.flatnonzero(at))

    def _of_golden(self, object: str, asked: list[tuple[str, pa.Array]]) -> np.ndarray:
        """The rows of the golden records of then that have one of some values in a field."""
        firsts = self._firsts(object)
        hit = np.zeros(len(firsts), bool)
        with self._base.work.mapped(f"{FOLDER}/golden/{object}") as golden:
            for field, values in asked:
                if len(values):
                    hit |= pc.is_in(golden[field], value_set=values).to_numpy()
        return firsts[hit]

    def _taken(self, object: str, at: np.ndarray, fields: list[str] | None) -> pa.Table:
        """Some golden records of then."""
        with self._base.work.mapped(f"{FOLDER}/golden/{object}") as own:
            asked = [name for name in own.column_names if fields is None or name in fields]
            return some(own.select(asked), at)

    def _firsts(self, object: str) -> np.ndarray:
        """Which row of the base the first record of each golden record of then came of."""
        if object not in self._first:
            places = self._base.table(f"at/golden/{object}")["place"].to_numpy()
            self._first[object] = np.searchsorted(self._base.places, places)
        return self._first[object]

    def heirs(self, prints: dict[str, pa.Array]) -> np.ndarray:
        """The rows of golden records whose id one of these fingerprints had earlier."""
        crosswalk = self._base.table("crosswalk").select(["object", "golden", "record"])
        found = [np.zeros(0, np.int64)]
        for name, texts in prints.items():
            before = ids.ids_before(texts, self._base.known(name, texts)).drop_null()
            theirs = of_object(crosswalk, name)
            heir = pc.is_in(theirs["golden"], value_set=before).to_numpy()
            places = theirs["record"].to_numpy()[heir] >> PART_BITS
            found.append(np.searchsorted(self._base.places, places))
        return np.concatenate(found)


def reached(
    base: Base, changed: Changed, frozen: Frozen, job: Job, shared: dict[str, list[str]]
) -> Reach | None:
    """What the changes since then reach; None where that is too much. `shared`: fields, by object,
    whose value in one golden record is judged by those of others."""
    reach = Reach(base, changed, job, shared)
    if reach.too_far:
        return None
    new = changed.at(base, reach.changed)
    like = _like(base, new, frozen, job)
    if like is None:
        return None
    gone = np.flatnonzero(reach.now < 0)
    named = reach.named(job.state), reach.filled(), reach.holding(new)
    reach.grow(np.concatenate([gone, like, reach.tied_to(new), *named]))
    return None if reach.too_far else reach


def _then(base: Base, changed: Changed) -> tuple[np.ndarray, np.ndarray]:
    """The rows of now that are as they were, and which row of the base each is, -1 for one that
    stands in another order than then: it counts as new."""
    then, now = changed.rows
    at = np.minimum(np.searchsorted(base.places, then), max(len(base.places) - 1, 0))
    here = base.places[at] == then if len(base.places) else np.zeros(len(then), bool)
    at, now = at[here], now[here]
    before = np.maximum.accumulate(np.append(-1, at))[:-1]
    return now, np.where(at > before, at, -1)


def _like(base: Base, new: Records, frozen: Frozen, job: Job) -> np.ndarray | None:
    """The rows of the base that new ones may be a pair with; None where a key has grown too common."""
    spec, keys = customers.SPEC, {}
    fields = customer_fields.prepare(new["customer"], new.get("contact"))
    candidates(fields, spec, frozen.keys, told=keys.__setitem__)
    pairs, rarity = [np.zeros(0, np.int64)], [np.zeros(0)]
    for kind, held in keys.items():
        hashes = held >> np.uint64(RECORD_BITS)
        which, who = base.having(key_file(kind), hashes)
        own = np.unique(hashes, return_inverse=True, return_counts=True)
        common = np.bincount(which, minlength=len(hashes)) + own[2][own[1]]
        if common.max(initial=0) > GROWN * spec.cap:
            return None
        mine = (held & np.uint64((1 << RECORD_BITS) - 1)).astype(np.int64)
        pairs.append(mine[which] << RECORD_BITS | who)
        rarity.append(1.0 / (frozen.keys[kind].counts_of(hashes[which]) - 1))
    each, at = np.unique(np.concatenate(pairs), return_inverse=True)
    near = np.bincount(at, np.concatenate(rarity), len(each)) >= spec.least - 1e-9
    who = np.unique(each[near] & ((1 << RECORD_BITS) - 1))
    return _weighed(base, new, who, frozen, job)


def _weighed(base: Base, new: Records, who: np.ndarray, frozen: Frozen, job: Job) -> np.ndarray:
    """Of some customers of the base the rows of those that weigh enough with a new one."""
    places = np.unique(base.table("customers")["place"].to_numpy()[who])
    old = base.records(list(new), places)
    count, theirs = new["customer"].num_rows, old["customer"]["record"].to_numpy()
    both = {name: pa.concat_tables([new[name], _aside(old[name])]).combine_chunks() for name in new}
    fields = customer_fields.prepare(both["customer"], both.get("contact"))
    scored = engine.score(fields, customers.SPEC, None, frozen)
    least = min(job.project.dedupe.match, job.project.dedupe.review)
    enough = (scored.weight + base.moved >= least) & (scored.left < count) & (scored.right >= count)
    found = theirs[scored.right[enough] - count] >> PART_BITS
    return np.searchsorted(base.places, np.unique(found))


def _aside(records: pa.Table) -> pa.Table:
    """Records of then, so told_apart that none is taken for one of now."""
    at = records.column_names.index("record")
    return records.set_column(at, "record", pc.bit_wise_not(records["record"]))
