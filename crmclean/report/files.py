"""What was written for the target, and the sources it came from, with their fingerprints."""

from typing import Any

from crmclean.report.finished import Finished

FOLDERS = ("import", "pilot", "rollback", "review", "gaps", "audit")


def facts(run: Finished) -> dict[str, Any]:
    """The import files with rows, and the mapping of every source as it was used."""
    written = run.work.get("files").to_pylist() if run.work.has("files") else []
    return {
        "written": [_file(entry) for entry in written],
        "mapping": [_mapping(run, source) for source in run.plan.sources],
        "audit": run.work.get("audit").to_pylist()[0] if run.work.has("audit") else None,
    }


def _file(entry: dict[str, Any]) -> dict[str, Any]:
    name = entry.get("path") or entry.get("file") or ""
    return {
        "path": name,
        "object": entry.get("object"),
        "rows": entry.get("rows"),
        "bytes": entry.get("bytes") or entry.get("size"),
    }


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
