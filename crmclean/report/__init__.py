"""The report: the tables of a finished run become one self-contained HTML file.

Half of the users never see the command line; this file and the workbooks are all they get. Each
module is one section and turns tables into a few facts (`facts(run)`); the templates in `page/`
turn facts into words. Read `finished.py` for what a section is given, `page.py` for how the page
stays safe and self-contained.
"""

import hashlib
from pathlib import Path
from typing import Any

from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.report import (
    before,
    duplicates,
    fields,
    files,
    flow,
    heat,
    issues,
    overview,
    page,
    standard,
)
from crmclean.report.finished import Finished

__all__ = ["batch", "load", "write", "write_profile", "write_standard"]

#: What takes a while before the first page.
load = page.load
#: The report of the sources before cleaning.
write_profile = before.write
#: The written data standard as a document of its own.
write_standard = standard.write


def write(
    work: Any,
    project: Project,
    model: dict[str, Object],
    plan: Plan,
    path: Path,
    unmask: str = "",
    template: Any | None = None,
    history: list[dict[str, Any]] = (),
    since: Path | None = None,
) -> None:
    """Write the report of a finished run to `path`. Personal data is masked unless `unmask`
    says why not: the head of the report then says it too.

    `template`: templates.Template, for the limits of the standard; `history`: one line per earlier
    run (check/history.py), oldest first; `since`: the earlier export that this one goes on from.
    """
    run = Finished(work, project, model, plan, unmask)
    found, twice = issues.facts(run), duplicates.facts(run)
    gaps = heat.facts(run)
    html = page.render(
        "report",
        title=standard.title(project, template),
        language=project.language,
        run=run,
        overview=overview.facts(run, gaps),
        flow=flow.facts(run),
        fields=fields.facts(run),
        issues=found,
        duplicates=twice,
        gaps=gaps,
        files=files.facts(run, path.parent, template, since),
        standard=standard.facts(project, model, template),
        history=history,
        batch=batch(plan),
        issues_table=page.packed(found.pop("table")),
        duplicate_tables={name: page.packed(pack) for name, pack in twice.pop("tables").items()},
    )
    path.write_text(html, encoding="utf-8", newline="\n")


def batch(plan: Plan) -> str:
    """What names this run: a hash of its sources. The page keeps its decisions under it."""
    joined = "".join(source.sha256 for source in plan.sources)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
