"""The published tables of a run (OUT/tables), read for scoring; and the tables of the truth."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

TRUTH = Path(__file__).parent / "truth"
Place = tuple[str, int]


@dataclass
class Result:
    """The tables of OUT, with (file name, row) in place of record numbers."""

    folder: Path

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "tables" / f"{name}.parquet")

    @cached_property
    def sources(self) -> dict[int, dict]:
        text = (self.folder / "tables" / "sources.json").read_text(encoding="utf-8")
        return {source["number"]: source for source in json.loads(text)["sources"]}

    def place(self, record: int) -> Place:
        return Path(self.sources[record >> 48]["path"]).name, (record >> 8) & ((1 << 40) - 1)

    @cached_property
    def values(self) -> dict[tuple[Place, str], list[str]]:
        """(place, object.field) → its values, over all records of the row."""
        found: dict[tuple[Place, str], list[str]] = defaultdict(list)
        for table in sorted((self.folder / "tables").glob("records_*.parquet")):
            name = table.stem.removeprefix("records_")
            for line in pd.read_parquet(table).to_dict("records"):
                place = self.place(line.pop("record"))
                for field, value in line.items():
                    if isinstance(value, str):
                        found[place, f"{name}.{field}"].append(value)
        return found

    @cached_property
    def flagged(self) -> set[tuple[Place, str]]:
        """(place, field) of every issue that names a field."""
        listed = set()
        for line in self.table("issues").to_dict("records"):
            if isinstance(line["field"], str) and (
                not pd.isna(line["record"]) or not pd.isna(line["row"])
            ):
                place = (
                    self.place(int(line["record"]))
                    if not pd.isna(line["record"])
                    else (Path(self.sources[int(line["source"])]["path"]).name, int(line["row"]))
                )
                listed.add((place, line["field"]))
        return listed


def truth(name: str) -> list[dict]:
    lines = pd.read_csv(TRUTH / f"{name}.csv", dtype=str, keep_default_na=False).to_dict("records")
    return [{**line, "row": int(line["row"])} for line in lines]
