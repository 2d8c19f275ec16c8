"""What fitting found out about the records of one object: issues, and who is rejected for what."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.messages import severity


class Findings:
    """Collects issues and reasons of one object, whole columns at a time.

    `reason[i]` is the code for which golden record i is rejected, or None: the first one stays."""

    def __init__(self, name: str, records: pa.Array) -> None:
        self.object = name
        self.records = records
        self.reason = np.full(len(records), None, object)
        self.tables: list[pa.Table] = []

    def note(
        self,
        code: str,
        where: pa.Array,
        field: str,
        column: str,
        values: pa.Array | None = None,
        rejects: bool = False,
        suggestion: pa.Array | str | None = None,
    ) -> None:
        """An issue for every record where the mask holds; with `rejects`, the record is out."""
        if rejects:
            self.reject(code, where)
        at = pa.array(np.flatnonzero(np.asarray(pc.fill_null(where, False))))
        if not len(at):
            return
        ids = self.records.take(at)
        weight = severity(code)
        columns = {
            "source": tables.sources_of(ids),
            "row": tables.rows_of(ids),
            "column": column,
            "object": self.object,
            "record": ids,
            "field": field,
            "code": code,
            "severity": "warn" if weight == "error" and not rejects else weight,
            "value": None if values is None else values.take(at),
            "suggestion": suggestion.take(at) if isinstance(suggestion, pa.Array) else suggestion,
        }
        self.tables.append(tables.table(tables.ISSUES, columns, len(at)))

    def reject(self, code: str, where: pa.Array) -> None:
        """The records where the mask holds are out."""
        mask = np.asarray(pc.fill_null(where, False))
        self.reason[mask & np.equal(self.reason, None)] = code

    @property
    def rejected(self) -> np.ndarray:
        return np.not_equal(self.reason, None)
