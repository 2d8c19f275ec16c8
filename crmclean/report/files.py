"""What was written for the target: files and limits, what the pilot covers, the audit, the sources."""

import json
from pathlib import Path
from typing import Any

from crmclean.report.finished import Finished, tally
from crmclean.templates import Template, with_columns


def facts(
    run: Finished, folder: Path, template: Template | None = None, since: Path | None = None
) -> dict[str, Any]:
    """The files in `folder` with rows, bytes and limits, what its pilot covers, the result of the
    audit, and the mapping of every source as it was used. `since`: the earlier export that these
    files go on from."""
    written = run.raw.get("files").to_pylist() if run.work.has("files") else []
    specs = template.objects if template else {}
    return {
        "since": since.name if since else "",
        "written": [_file(entry, folder, specs.get(entry["object"])) for entry in written],
        "covered": _covered(run, folder / "pilot" / "expected.json", specs),
        "mapping": [_mapping(run, source) for source in run.plan.sources],
        "audit": next(
            iter(run.raw.get("audit").to_pylist() if run.work.has("audit") else []), None
        ),
    }


def _file(entry: dict[str, Any], folder: Path, spec: Any) -> dict[str, Any]:
    path = folder / entry["path"]
    return {
        "path": entry["path"],
        "object": entry["object"],
        "rows": entry["rows"],
        "bytes": path.stat().st_size if path.is_file() else None,
        "spec": spec,
    }


def _covered(run: Finished, path: Path, specs: dict[str, Any]) -> list[dict[str, Any]]:
    """Per object: records and filled columns of the pilot beside those of the whole, and the columns
    with values that the pilot does not show."""
    expected = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    loaded, told = tally(run.crosswalk, "object", "end"), []
    for name, pilot in expected.items():
        columns = with_columns(specs[name], run.model[name], run.project.language)
        filled = run.golden[name][1]
        whole = [column.heading for column in columns if filled.get(column.field or "")]
        hidden = [heading for heading in whole if not pilot["filled"].get(heading)]
        told.append(
            {"object": name, "pilot": pilot["rows"], "rows": loaded.get((name, "loaded"), 0),
             "columns": len(whole), "shown": len(whole) - len(hidden), "hidden": hidden}
        )  # fmt: skip
    return told


def _mapping(run: Finished, source: Any) -> dict[str, Any]:
    """Heading by heading: the field it went to, or that it was left behind."""
    entry = run.project.sources[source.entry]
    went: dict[str, list] = {}
    for path, origin in entry.given:
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
