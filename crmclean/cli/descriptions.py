"""Files, mappings and templates as people read them: what the commands that only look print."""

from collections.abc import Mapping
from typing import Any

from crmclean import privacy
from crmclean.cli import show
from crmclean.messages import entries, language, say
from crmclean.model import Object


def mapping(plan: Any, guesses: list[list[Any]], model: Mapping[str, Any]) -> None:
    """Which column goes where, how sure, and why: one table per source."""
    for source, guessed in zip(plan.sources, guesses, strict=True):
        shown = privacy.headings([g.column.heading for g in guessed])
        rows = [
            (heading, _meant(g), say(f"tier.{g.tier}"), " · ".join(g.reasons)[:40])
            for heading, g in zip(shown, guessed, strict=True)
        ]
        headings = (say("label.column"), say("label.field"), say("label.tier"), say("label.why"))
        show.table(source.name, headings, rows)


def _meant(guess: Any) -> str:
    """The field; of the second contact of a row with a 2."""
    return f"{guess.field} {guess.contact + 1}" if guess.contact else guess.field or "-"


def inspection(found: Mapping[str, Any], depth: int = 0) -> None:
    """A nested mapping as indented lines; lists of flat mappings as tables."""
    for key, value in found.items():
        name, indent = _label(key), "  " * depth
        if isinstance(value, Mapping) and value:
            show.line(f"{indent}{name}:")
            inspection(value, depth + 1)
        elif _is_flat(value):
            headings = [_label(column) for column in value[0]]
            show.table(name, headings, [[_value(v) for v in entry.values()] for entry in value])
        elif _is_list(value):
            show.line(f"{indent}{name}:")
            for entry in value:
                inspection(entry, depth + 1)
                show.line()
        else:
            show.line(f"{indent}{name}: {_value(value)}")


def _label(key: str) -> str:
    return next((say(c) for c in (f"inspect.{key}", f"row.{key}") if c in entries()), key)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)


def _is_flat(value: Any) -> bool:
    """A list of mappings of one shape without further lists of mappings."""
    return (
        _is_list(value)
        and all(list(entry) == list(value[0]) for entry in value)
        and not any(_is_list(cell) for entry in value for cell in entry.values())
    )


def _value(value: Any) -> str | int:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return " · ".join(f"{key} {said}" for key, said in value.items()) or "-"
    if isinstance(value, list | tuple):
        return " · ".join(map(str, value)) or "-"
    word = f"inspect.value.{value}"
    return say(word) if word in entries() else "-" if value is None else str(value)


def templates(loaded: list[Any], model: Mapping[str, Object], as_json: bool) -> None:
    """The templates that ship: their CRM, objects, and whether their limits are verified."""
    facts = [_template(one) for one in loaded]
    if as_json:
        show.as_json(facts)
        return
    rows = [
        (f["name"], f["title"], _listed(f["objects"], model), say(f["verified"])) for f in facts
    ]
    headings = (say("label.name"), "CRM", say("summary.object"), say("label.verified"))
    show.table(say("help.templates"), headings, rows)


def _listed(names: list[str], model: Mapping[str, Object]) -> str:
    return " ".join(model[name].label[language()] for name in names)


def template(loaded: Any, model: Mapping[str, Object], as_json: bool) -> None:
    """The columns and limits of one template."""
    if as_json:
        from dataclasses import asdict

        show.as_json(asdict(loaded))
        return
    for name, spec in loaded.objects.items():
        rows = [
            (
                c.heading,
                _field(c.field, model[name]),
                say("yes" if c.required else "no"),
                str(c.max_length or "-"),
            )
            for c in spec.columns
        ]
        headings = (
            say("label.target_column"),
            say("label.field"),
            say("label.required"),
            say("label.max"),
        )
        show.table(f"{loaded.name} · {model[name].label[language()]}", headings, rows)


def _field(name: str | None, owner: Object) -> str:
    field = owner.fields.get(name or "")
    return field.label[language()] if field else name or "-"


def _template(one: Any) -> dict[str, Any]:
    verified = "yes" if one.verified else "no"
    return {
        "name": one.name,
        "title": one.title,
        "objects": list(one.objects),
        "verified": verified,
    }
