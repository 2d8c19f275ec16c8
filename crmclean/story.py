"""The story of a record: its source row, every change with its rule, its issues, where it ended.

For `crmclean explain RECORD` and for two records (why they are thought one).
It reads the tables of the last run and returns lines of text; personal data is masked unless asked.
"""

from collections.abc import Callable, Iterator
from itertools import product

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings, locate, privacy
from crmclean.messages import language, say, short
from crmclean.model import Object
from crmclean.plan import Plan, Source
from crmclean.project import Project
from crmclean.run import Work

#: (comparison, words of the level reached, bits), the prior first, the sum last; of the tables of
#: records, the pairs, the object, and two records (`dedupe.explain`).
Waterfall = Callable[[dict[str, pa.Table], pa.Table, str, int, int], list[tuple[str, str, float]]]


class Story:
    """The tables of one run, and how to show a value of each field. `waterfall`: what speaks for
    and against two records being one."""

    def __init__(
        self, work: Work, plan: Plan, project: Project, model: dict[str, Object], unmask: bool,
        waterfall: Waterfall,
    ) -> None:  # fmt: skip
        self.work, self.plan, self.project, self.model = work, plan, project, model
        self.unmask, self.waterfall = unmask, waterfall

    def of_record(self, named: str) -> Iterator[str]:
        """Lines about each row that is meant (`locate.py`). Raises UsageError where there is none."""
        for place in (found := self._find(named)):
            yield from [""] if place != found[0] else []
            yield from self._row(*place)
            for name in self.model:
                for record in self._records(name, [place]):
                    yield ""
                    yield from self._record(name, record)

    def of_pair(self, left: str, right: str) -> Iterator[str]:
        """Lines about why two rows are thought one customer or contact, or kept apart."""
        pairs = self.work.get("pairs")
        rows = [self._find(named) for named in (left, right)]
        found = False
        for name in ("customer", "contact"):
            sides = [pa.array(self._records(name, row), pa.int64()) for row in rows]
            either = pa.concat_arrays(sides)
            mine = pc.and_(
                pc.is_in(pairs["left"], either),
                pc.and_(pc.is_in(pairs["right"], either), pc.equal(pairs["object"], name)),
            )
            for pair in pairs.filter(mine).to_pylist():
                found = True
                yield from self._pair(name, pair)
        if not found:
            yield say("story.no_pair")
            one, two = (self._records("customer", row) for row in rows)
            for left, right in product(one, two):
                yield from self._weighed("customer", left, right)

    def _pair(self, name: str, pair: dict) -> Iterator[str]:
        reason = f" · {short(pair['reason'])}" if pair["reason"] else ""
        label = self.model[name].label[language()]
        yield f"{label}: {say('story.' + pair['verdict'])}{reason}"
        yield from self._weighed(name, pair["left"], pair["right"])

    def _weighed(self, name: str, left: int, right: int) -> Iterator[str]:
        """Two records, and what each comparison says of them."""
        records = {one: self.work.get(f"records/{one}") for one in ("customer", "contact")}
        for side in (left, right):
            yield f"  {self.plan.where(side)}  {self._shown_name(name, records[name], side)}"
        prior, *each, total = self.waterfall(records, self.work.get("pairs"), name, left, right)
        yield f"    {prior[2]:+6.1f}  {prior[1]}"
        for comparison, words, bits in each:
            if bits:
                bar = ("+" if bits > 0 else "-") * max(1, round(abs(bits)))
                yield f"    {bits:+6.1f}  {comparison}: {words}  {bar}"
        yield f"    {total[2]:+6.1f}  {total[1]}"

    def _shown_name(self, name: str, records: pa.Table, record: int) -> str:
        one = records.filter(pc.equal(records["record"], record)).to_pylist()[0]
        field = self.model[name].name_field
        return self._shown(name, field, one[field])

    def _row(self, source: int, row: int) -> Iterator[str]:
        planned = self.plan.source(source)
        rows = self.work.get(f"rows/{source}")
        (cells,) = rows.filter(pc.equal(rows["row"], row)).to_pylist() or [{}]
        yield f"{planned.name}!{row} ({say('row.' + cells['kind'])})"
        fields = self._fields(planned)
        for column in planned.columns:
            value = cells.get(f"c{column.number}")
            if value:
                yield f"  {column.heading}: {self._raw(fields.get(column.number), value)}"

    def _fields(self, source: Source) -> dict[int, str]:
        """Which field each column of a source fills, by its number."""
        given = self.project.sources[source.entry].given
        found = [(path, headings.find(source, f.column)) for path, f in given if f.column]
        return {column.number: path for path, column in found if column}

    def _raw(self, path: str | None, value: str) -> str:
        """A cell as read; one that fills no field may hold anything, and is masked as free text."""
        if path is None:
            return value if self.unmask else privacy.mask_text("long_text", value) or ""
        return self._shown(*path.split(".", 1), value)

    def _record(self, name: str, record: int) -> Iterator[str]:
        label = self.model[name].label[language()]
        yield f"{label} {self.plan.where(record)}"
        changes = self.work.changes()
        mine = pc.and_(pc.equal(changes["object"], name), pc.equal(changes["record"], record))
        for change in changes.filter(mine).to_pylist():
            field = change["field"]
            before, after = (self._shown(name, field, change[k]) for k in ("before", "after"))
            title = self._label(name, field)
            yield f"  {title}: {before or '∅'} → {after or '∅'}  [{change['step']}/{change['rule']}]"
        issues = self.work.issues()
        mine = pc.and_(pc.equal(issues["object"], name), pc.equal(issues["record"], record))
        for issue in issues.filter(mine).to_pylist():
            hint = f" ({say('story.suggestion')})" if issue["suggestion"] else ""
            yield f"  ! {self._label(name, issue['field'])}: {short(issue['code'])}{hint}"
        yield from self._end(name, record)

    def _end(self, name: str, record: int) -> Iterator[str]:
        final = "crosswalk_final" if self.work.has("crosswalk_final") else "crosswalk"
        crosswalk = self.work.get(final)
        mine = pc.and_(pc.equal(crosswalk["object"], name), pc.equal(crosswalk["record"], record))
        for end in crosswalk.filter(mine).to_pylist():
            reason = f": {short(end['reason'])}" if end["reason"] else ""
            golden = f" → {end['golden']}" if end["golden"] else ""
            yield f"  = {say('end.' + end['end'])}{golden}{reason}"

    def _label(self, name: str, field: str | None) -> str:
        known = self.model[name].fields.get(field or "")
        return known.label[language()] if known else field or ""

    def _shown(self, name: str, field: str, value: str | None) -> str:
        known = self.model[name].fields.get(field)
        if self.unmask or value is None or known is None:
            return value or ""
        kind = privacy.mask_kind(field, known.kind, known.sensitive)
        return privacy.mask_text(kind, value) or ""

    def _records(self, name: str, places: list[locate.Row]) -> list[int]:
        records = self.work.get(f"records/{name}", ["record"])["record"].combine_chunks()
        return records.filter(locate.comes_from(records, places)).to_pylist()

    def _find(self, named: str) -> list[locate.Row]:
        return locate.rows(self.work, self.plan, self.model, named)
