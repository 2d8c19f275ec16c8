"""Results of scored forms in the state, so that the next report knows how accurate the migration is."""

import pyarrow as pa

from crmclean import tables
from crmclean.audit.form import named
from crmclean.audit.populations import LOADED
from crmclean.audit.scoring import Result
from crmclean.decisions import State
from crmclean.project import Project

RESULT = pa.schema(
    [
        ("date", tables.TEXT),
        ("checked", pa.int64()),
        ("correct", pa.int64()),
        ("low", pa.float64()),  # Wilson's interval
        ("high", pa.float64()),
        ("proved", pa.float64()),
        ("population", pa.int64()),
    ]
)


def remember(state: State, result: Result, date: str, project: Project) -> bool:
    """Note what a form of this project proved, the same form on the same day once. False, and
    nothing is noted, for the form of another project."""
    if result.project != named(project):
        return False
    entry = {"date": date, "of": result.of, "seed": result.seed, "checked": result.drawn}
    entry |= {"correct": result.right, "low": result.wilson[0], "high": result.wilson[1]}
    entry |= {"proved": result.proved, "population": result.population}
    if entry not in state.entries("audits"):
        state.append("audits", [entry])
    return True


def latest(state: State) -> pa.Table:
    """RESULT: the last form of what was loaded; no row before there was one."""
    entries = [entry for entry in state.entries("audits") if entry["of"] == LOADED]
    return pa.Table.from_pylist(entries[-1:], RESULT)
