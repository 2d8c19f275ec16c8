"""A filled value as a cell of a source would be read: by the rule of its field, or refused."""

from dataclasses import replace

from crmclean import rules
from crmclean.model import Field, Object
from crmclean.project import Project
from crmclean.rules import placeholder


def as_told(model: dict[str, Object], project: Project) -> dict[str, Object]:
    """The model with what the project says of values: its words for nothing, its maps of picklists."""
    return {name: replace(owner, fields=_told(owner, project)) for name, owner in model.items()}


def _told(owner: Object, project: Project) -> dict[str, Field]:
    return {
        name: replace(
            field,
            options={**field.options, "words": project.placeholders},
            synonyms={**field.synonyms, **project.picklists.get(field.path, {})},
        )
        for name, field in owner.fields.items()
    }


def checked(value: str, field: Field) -> str:
    """The value as its rule writes it. Raises ValueError(code) where the rule refuses it, where it
    is a word for nothing, or where the cell holds something else than one value of this field."""
    words = field.options.get("words", ())
    if not placeholder.clean(value, kind=field.kind, words=words):
        raise ValueError("APPLY_NO_VALUE")
    options = {"values": field.values, "synonyms": field.synonyms, **field.options}
    clean = rules.rule(field.kind).clean(value, **options)
    if isinstance(clean, rules.Parts):
        own = field.options.get("want", "")
        parts = {part or own: text for part, text in clean.values.items() if text}
        if set(parts) != {own} or clean.more:
            raise ValueError("APPLY_SEVERAL_VALUES")
        clean = parts[own]
    if not clean:
        raise ValueError("APPLY_NO_VALUE")
    return clean
