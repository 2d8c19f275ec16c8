"""The run that this one is compared with: an output directory, or the `summary.json` of one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crmclean.check.sources import SCHEMA
from crmclean.errors import UsageError
from crmclean.plan import Plan

#: Where a summary and the golden customers stand in an output directory, published or not.
SUMMARIES = ("summary.json", ".work/check/summary.json")
CUSTOMERS = "tables/golden_customer.parquet"
#: What tells where the records of a customer that is gone are now.
RECORDS = ("tables/records_customer.parquet", "tables/crosswalk.parquet", "tables/sources.json")


@dataclass(frozen=True)
class Records:
    """The customer records of a run, where each ended, and the plan that names them."""

    table: pa.Table
    crosswalk: pa.Table
    plan: Plan


@dataclass(frozen=True)
class Baseline:
    """`customers` is None where the baseline is a summary alone."""

    name: str
    summary: dict[str, Any]
    customers: pa.Table | None = None

    def records(self) -> "Records | None":
        """The customer records of an output directory; None where they were not published."""
        files = [Path(self.name) / name for name in RECORDS]
        if not all(file.is_file() for file in files):
            return None
        plan = Plan.from_json(files[2].read_text(encoding="utf-8"))
        return Records(pq.read_table(files[0]), pq.read_table(files[1]), plan)


def load(path: Path) -> Baseline:
    """The baseline at `path`, read whole: the run may overwrite it. Raises UsageError."""
    file = path
    if path.is_dir():
        file = next(
            (path / name for name in SUMMARIES if (path / name).is_file()), path / SUMMARIES[0]
        )
    if not file.is_file():
        raise UsageError("BASELINE_MISSING", file=file)
    try:
        summary = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise UsageError("BASELINE_NOT_A_SUMMARY", file=file) from error
    schema = summary.get("schema") if isinstance(summary, dict) else None
    if schema != SCHEMA:
        code = "BASELINE_VERSION" if str(schema).startswith("crmclean-summary/") else None
        raise UsageError(code or "BASELINE_NOT_A_SUMMARY", file=file, schema=schema, known=SCHEMA)
    table = path / CUSTOMERS
    customers = pq.read_table(table) if path.is_dir() and table.is_file() else None
    return Baseline(str(path), summary, customers)
