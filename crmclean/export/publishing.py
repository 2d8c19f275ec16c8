"""Everything that `crmclean export` puts into the staged output folder, in one page."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import own_template, tables
from crmclean.export import files, guide, leftovers, pilot, quarantine
from crmclean.export.parts import Fitted, Part
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work, second
from crmclean.templates import Template

#: Keys of the two hashes of a row (pandas wants 16 characters).
HASH_KEYS = ("crmclean-multise", "crmclean-rowhash")


def write(
    fitted: Fitted,
    golden: dict[str, pa.Table],
    work: Work,
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    template: Template,
    folder: Path,
) -> pa.Table:
    """import/, pilot/, rollback/, quarantine.xlsx, not_migrated.csv and IMPORT.md under `folder`.

    Returns the `files` table. Raises Broken where a file does not hold what it should, and
    OutputRefused where it cannot be written.
    """
    parts, known = fitted.parts, _known(fitted, plan)
    fired = work.changes(["object", "record", "rule"])
    chosen = pilot.choose(parts, project.pilot.rows, project.pilot.seed, fitted.crosswalk, fired)
    del fired
    tried = [part.only(pilot.mask(part, chosen)) for part in parts]
    main = parts
    if project.pilot.mode == "production":
        main = [part.only(pc.invert(pilot.mask(part, chosen))) for part in parts]
    if known is not None:
        main = [_new_or_known(part, known, project.language) for part in main]
    label = lambda name: model[name].label[project.language]
    planned = files.planned(main, folder / "import", label)
    pilots = files.planned(tried, folder / "pilot", label)
    with _making([*pilots, *planned]):
        _lists(fitted, planned, pilots, work, plan, model, folder, project.language)
    expected = folder / "pilot" / "expected.json"
    expected.write_text(expectation(tried), encoding="utf-8", newline="\n")
    both = ((planned, "import"), (pilots, "pilot"))
    made = tables.concat(files.FILES, [files.files_table(*each, folder) for each in both])
    if template.own:
        own_template.save(template, folder / "template")
    told = (fitted, template, model, project.pilot, len(chosen), project.language)
    guide.write(folder / "IMPORT.md", made, *told)
    return made


@contextmanager
def _making(planned: list[files.File]) -> Iterator[None]:
    """The files are written and proved while the body runs, the biggest first: some here, some in
    the second process."""
    waiting = iter(sorted(planned, key=lambda file: -file.rows))

    def some(make: Callable[[files.File], None]) -> None:
        for file in waiting:
            make(file)

    with ThreadPoolExecutor() as pool:
        both = files.make, partial(second.call, files.make)
        under_way = [pool.submit(some, make) for make in both]
        yield
        for each in under_way:
            each.result()


def _lists(
    fitted: Fitted, planned: list[files.File], pilots: list[files.File], work: Work, plan: Plan,
    model: dict[str, Object], folder: Path, language: str,
) -> None:  # fmt: skip
    """What stays out, how to take back what went in, and what has no place there."""
    out = (fitted.crosswalk, work.issues(), work, plan, model, language)
    quarantine.quarantine(folder / "quarantine.xlsx", *out)
    leftovers.rollback(planned, folder / "rollback", language)
    leftovers.rollback(pilots, folder / "rollback" / "pilot", language)
    leftovers.not_migrated(folder / "not_migrated.csv", fitted.unplaced, model, language)


def _known(fitted: Fitted, plan: Plan) -> pa.Table | None:
    """object, golden: what the CRM has already, from its own records as a source (role: target)
    or from an earlier export; None where there was neither."""
    numbers = [source.number for source in plan.sources if source.role == "target"]
    if not numbers:
        return fitted.known
    where = fitted.crosswalk.filter(pc.is_valid(fitted.crosswalk["golden"]))
    sources = tables.sources_of(where["record"].combine_chunks())
    its_own = where.filter(pc.is_in(sources, pa.array(numbers, pa.int32())))
    its_own = its_own.select(["object", "golden"])
    return its_own if fitted.known is None else pa.concat_tables([its_own, fitted.known])


def _new_or_known(part: Part, known: pa.Table, language: str) -> Part:
    """New records and updates go into files apart: importers do only one of the two at a time."""
    there = known["golden"].filter(pc.equal(known["object"], part.object))
    words = [pa.scalar(say(f"export.{kind}", lang=language)) for kind in ("update", "new")]
    kind = pc.if_else(pc.is_in(part.golden, there.combine_chunks()), *words)
    group = part.keys["group"].combine_chunks()
    named = pc.coalesce(pc.binary_join_element_wise(kind, group, "_"), kind)
    at = part.keys.column_names.index("group")
    return replace(part, keys=part.keys.set_column(at, "group", named))


def expectation(parts: list[Part]) -> str:
    """What the CRM should hold after the pilot: per object the rows, the filled cells of each
    column and the multiset hash of the rows (trust.md 2.2)."""
    found: dict[str, dict[str, object]] = {}
    for part in parts:
        entry = found.setdefault(part.object, {"rows": 0, "filled": {}, "hash": 0})
        entry["rows"] += part.rows.num_rows
        entry["hash"] = (entry["hash"] + multiset_hash(part.rows)) % (1 << 128)
        for heading, values in zip(part.rows.column_names, part.rows.columns, strict=True):
            filled = len(values) - values.null_count
            entry["filled"][heading] = entry["filled"].get(heading, 0) + filled
    shown = {name: {**entry, "hash": f"{entry['hash']:032x}"} for name, entry in found.items()}
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


def multiset_hash(rows: pa.Table) -> int:
    """The sum of a 128-bit hash of every row: equal for the same rows in any order, and for
    nothing else (a sum, because an exclusive or cancels pairs). Two keyed SipHashes of 64 bits
    (pandas.util.hash_array), each summed by halves, so that no sum overflows."""
    from pandas.util import hash_array

    total = 0
    for batch in rows.to_batches(max_chunksize=65_536):
        cells = [pc.fill_null(pc.cast(c, pa.string()), "\x00") for c in batch.columns]
        if not cells:
            continue
        joined = pc.binary_join_element_wise(*cells, "\x1f").cast(pa.binary())
        texts = joined.to_numpy(zero_copy_only=False)
        for place, key in enumerate(HASH_KEYS):
            hashes = hash_array(texts, hash_key=key, categorize=False)
            low, high = hashes & np.uint64(0xFFFFFFFF), hashes >> np.uint64(32)
            total += (int(low.sum()) + (int(high.sum()) << 32)) << (64 * place)
    return total % (1 << 128)
