"""What owners are asked for: what the model requires, and what the target's import would refuse
records without.

A template may require more than the model: Salesforce takes no opportunity without a stage and a
date of closing. Owners, parents and ids are not asked for in a list; the project and the run give them.
"""

from dataclasses import replace

from crmclean.model import Field, Object
from crmclean.templates import ObjectTemplate, Template

GIVEN = frozenset(["owner", "owner_id", "reference", "id", "parent_id"])


def asked(model: dict[str, Object], template: Template) -> dict[str, Object]:
    """The model, with the fields that the template surely requires as `required: target`."""
    return {name: _asked(owner, template.objects.get(name)) for name, owner in model.items()}


def _asked(owner: Object, spec: ObjectTemplate | None) -> Object:
    if spec is None:
        return owner
    fields = {name: _field(field, spec) for name, field in owner.fields.items()}
    return replace(owner, fields=fields)


def _field(field: Field, spec: ObjectTemplate) -> Field:
    column = spec.column_of(field.name)
    needed = column is not None and column.required and column.form not in GIVEN
    if not needed or column.fallback or not spec.rejects("required", column):
        return field
    return replace(field, required="target")
