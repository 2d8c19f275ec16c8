"""What has no place in the CRM, and how to take back what has.

not_migrated.csv: filled fields without a column · rollback/: for every import file the keys of its
records, to find and delete them again. Records that stay out: quarantine.py.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from crmclean.export.files import BOM, File
from crmclean.messages import say
from crmclean.model import Object

#: Fields by which a record is found in the CRM.
KEYS = ("code", "name", "customer", "owner", "at")
#: The first character of what a spreadsheet would calculate.
FORMULA = r"^[\s\x00-\x1f\x{200b}\x{feff}]*[=+\-@|%＝＋－＠]"


def not_migrated(path: Path, unplaced: pa.Table, model: dict[str, Object], language: str) -> None:
    """Write not_migrated.csv: object, field, how many values, and what was decided."""
    words = lambda name: say(f"export.{name}", lang=language)
    rows = unplaced.to_pylist()
    columns = {
        words("object"): [model[row["object"]].label[language] for row in rows],
        words("field"): [row["label"] for row in rows],
        words("filled"): [str(row["filled"]) for row in rows],
        words("decision"): [words(f"placed_{row['decision'] or 'open'}") for row in rows],
    }
    write_list(path, {heading: pa.array(texts, pa.string()) for heading, texts in columns.items()})


def rollback(written: Sequence[File], folder: Path, language: str) -> None:
    """For each import file, `rollback/<same name>.csv` with the keys of its records."""
    folder.mkdir(parents=True, exist_ok=True)
    first = say("export.golden", lang=language)
    for each in written:
        keys = [c for c in each.part.columns if c.field in KEYS]
        rows = {first: each.part.golden, **{c.heading: each.part.rows[c.heading] for c in keys}}
        write_list(folder / f"{each.path.stem}.csv", rows)


def write_list(path: Path, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> None:
    """A list for people: opened in a spreadsheet, it must neither lose letters nor calculate."""
    with path.open("wb") as stream:
        stream.write(BOM)
        options = pyarrow.csv.WriteOptions(quoting_header="needed")
        table = pa.table({heading: _harmless(values) for heading, values in columns.items()})
        pyarrow.csv.write_csv(table, stream, options)


def _harmless(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts that no spreadsheet takes for a formula (trust.md 4.2)."""
    if not pc.any(starts := pc.match_substring_regex(values, FORMULA)).as_py():
        return values
    return pc.if_else(starts, pc.binary_join_element_wise("'", values, ""), values)
