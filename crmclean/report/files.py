"""What was written for the target, and the sources it came from, with their fingerprints."""

from pathlib import Path
from typing import Any

from crmclean.report.finished import Finished


def facts(run: Finished, folder: Path) -> dict[str, Any]:
    """The files in `folder` with rows and bytes, and the mapping of every source as it was used."""
    written = run.work.get("files").to_pylist() if run.work.has("files") else []
    return {
        "written": [_file(entry, folder) for entry in written],
        "mapping": [_mapping(run, source) for source in run.plan.sources],
        "audit": run.work.get("audit").to_pylist()[0] if run.work.has("audit") else None,
    }


def _file(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = folder / entry["path"]
    size = path.stat().st_size if path.is_file() else None
    return {"path": entry["path"], "object": entry["object"], "rows": entry["rows"], "bytes": size}


def _mapping(run: Finished, source: Any) -> dict[str, Any]:
    """Heading by heading: the field it went to, or that it was left behind."""
    entry = run.project.sources[source.entry]
    went: dict[str, list] = {}
    for path, origin in entry.fields.items():
        owner, _, name = path.partition(".")
        for heading in (origin.column, *(origin.concat or ())):
            if heading is not None and run.field(owner, name):
                went.setdefault(heading, []).append(
                    (run.model[owner].label, run.field(owner, name))
                )
    columns = [
        {
            "heading": c.heading,
            "filled": c.filled,
            "fields": went.get(c.heading, []),
            "dropped": c.heading in entry.drop,
        }
        for c in source.columns
    ]
    return {"source": source, "columns": columns}
