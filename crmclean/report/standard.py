"""The written data standard (数据清洗规范): what the model, the project and the template together ask.

A page of the report and a document to hand round: fields, forms, required, picklists, who is
responsible, which system wins, and the gates. Nothing in it is written by hand, so it cannot
disagree with what the program does.
"""

from pathlib import Path
from typing import Any

from crmclean.model import Field, Object
from crmclean.project import Project
from crmclean.report import page


def write(
    project: Project, model: dict[str, Object], path: Path, template: Any | None = None
) -> None:
    """Write the standard as a document of its own. `template`: templates.Template, for limits."""
    facts_ = facts(project, model, template)
    html = page.render(
        "standard", title=title(project, template), language=project.language, standard=facts_
    )
    path.write_text(html, encoding="utf-8", newline="\n")


def title(project: Project, template: Any | None) -> str:
    """The target as people call it: the name of the CRM, or of the file that is its template."""
    return template.title if template and template.title else Path(project.target).name


def facts(project: Project, model: dict[str, Object], template: Any | None) -> dict[str, Any]:
    """The objects with their fields, and the rules of the project that are not about one field."""
    objects = [_object(owner, project, template) for owner in model.values()]
    return {
        "objects": [entry for entry in objects if entry["fields"]],
        "levels": [
            {"field": _at(model, path), "source": _at(model, level.source), "scale": level.scale}
            for path, level in project.levels.items()
        ],
        "select": project.select,
        "priority": project.dedupe.priority,
        "owner_conflict": project.dedupe.owner_conflict,
        "bands": (project.dedupe.review, project.dedupe.match),
        "gates": project.gates.limits(),
        "placeholders": project.placeholders,
    }


def _at(model: dict[str, Object], path: str) -> Field | None:
    owner, _, name = path.partition(".")
    return model[owner].fields.get(name) if owner in model else None


def _object(owner: Object, project: Project, template: Any | None) -> dict[str, Any]:
    spec = template.objects.get(owner.name) if template else None
    mapped = {path for source in project.sources for path in source.fields}
    fields = [
        {
            "field": field,
            "column": column,
            "required": "target" if column and column.required else field.required,
            "unplaced": project.unplaced.get(field.path),
            "values": field.values,
            "renamed": project.picklists.get(field.path, {}),
        }
        for field in owner.fields.values()
        for column in [spec.column_of(field.name) if spec else None]
        if field.path in mapped
        or (field.required != "no" and any(path.startswith(f"{owner.name}.") for path in mapped))
    ]
    return {"object": owner, "fields": fields, "spec": spec}
