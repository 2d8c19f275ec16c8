"""The run that this one is compared with: an output directory, or the `summary.json` of one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crmclean.check.summary import SCHEMA
from crmclean.errors import UsageError

#: Where a summary and the golden customers stand in an output directory, published or not.
SUMMARIES = ("summary.json", ".work/check/summary.json")
CUSTOMERS = ("tables/golden_customer.parquet",)


@dataclass(frozen=True)
class Baseline:
    """`customers` is None where the baseline is a summary alone."""

    name: str
    summary: dict[str, Any]
    customers: pa.Table | None


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
    tables = (path / name for name in CUSTOMERS if path.is_dir())
    found = next((table for table in tables if table.is_file()), None)
    return Baseline(str(path), summary, pq.read_table(found) if found else None)
