"""The first crmclean.yaml: the guesses as a file that a person reads, corrects and keeps.

Every line carries its evidence as a comment: how sure, why, and masked samples. Unsure fields stand
under `review`; filled columns without a field are listed as comments, ready to be given one, and
only empty columns and running numbers are dropped by themselves (design.md 3, law 2).
"""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from crmclean import headings, privacy
from crmclean.mapping import content, detectors
from crmclean.mapping.entries import Entry, grouped
from crmclean.mapping.guess import Guess
from crmclean.mapping.objects import object_of
from crmclean.mapping.yamltext import flow, line, printed, scalar
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Column, Plan

SAMPLES, SAMPLE_WIDTH = 3, 24
#: So many columns, and half of all, that may hold a field make a sheet one of records.
FEW = 3


def project_text(
    plan: Plan,
    guesses: Sequence[list[Guess]],
    model: dict[str, Object],
    language: str,
    target: str = "generic",
) -> str:
    """A commented crmclean.yaml that loads. `guesses`: one list per source."""
    lines = [f"# {text}" for text in say("mapping.text.top", language).splitlines()]
    lines += [
        "",
        "version: 1",
        f"language: {language}",
        f"target: {scalar(target)}",
        "",
        "sources:",
    ]
    by_source = {source.number: mine for source, mine in zip(plan.sources, guesses, strict=True)}
    written = [(entry, by_source[entry.sources[0].number]) for entry in grouped(plan)]
    hopeless = not any(is_recognised(mine) for _, mine in written)
    for entry, mine in written:
        text = _entry(entry, mine, plan, model, language)
        if entry.sources[0].hidden:
            lines += _left_out(text, say("mapping.text.hidden", language))
        elif hopeless or is_recognised(mine):
            lines += text
        else:
            lines += _left_out(text, say("mapping.text.left_out", language))
    return "\n".join(lines) + "\n"


def is_recognised(guesses: list[Guess]) -> bool:
    """Whether a sheet looks like records at all: notes on how to fill in a form do not."""
    sure = sum(guess.tier == "auto" for guess in guesses)
    maybe = sum(guess.field is not None for guess in guesses)
    return sure >= min(2, len(guesses)) or maybe >= max(FEW, len(guesses) / 2)


def _left_out(lines: list[str], told: str) -> list[str]:
    return ["", f"  # {told}", *(f"  # {text[2:]}" for text in lines if text)]


def _entry(
    entry: Entry, guesses: list[Guess], plan: Plan, model: dict[str, Object], language: str
) -> list[str]:
    first = [guess for guess in guesses if not guess.contact]
    owner = object_of(first)
    mapped = list({guess.field: guess for guess in reversed(first) if guess.field}.values())[::-1]
    rest = [guess for guess in guesses if not guess.field]
    persons = [[g for g in guesses if g.contact == n] for n in {g.contact for g in guesses} - {0}]
    person = _private(owner, mapped)
    lines = _head(entry, owner, plan, language)
    lines.append("    fields:" if mapped else "    fields: {}")
    lines += [_field_line("      ", guess, model, language) for guess in mapped]
    if person:
        told = say("mapping.text.private", language)
        lines.append(line(f"      customer.name: {person}", told))
    else:
        lines += _missing(owner, mapped, model, language)
    lines += _unmapped([guess for guess in rest if not droppable(guess.column)], language)
    lines += _contacts(persons, model, language)
    unsure = ["customer.name"] * bool(person)
    unsure += [str(guess.field) for guess in mapped if guess.tier == "review"]
    dropped = [guess.column.heading for guess in rest if droppable(guess.column)]
    for key, listed in (("drop", dropped), ("review", unsure)):
        if listed:
            lines.append(line(f"    {key}: {flow(listed)}", say(f"mapping.text.{key}", language)))
    marks = headings.fingerprint(column.heading for column in entry.sources[0].columns)
    told = say("mapping.text.marks", language)
    return [*lines, line(f"    fingerprint: {json.dumps(marks)}", told)]


def _head(entry: Entry, owner: str, plan: Plan, language: str) -> list[str]:
    """Which file, which sheet, what a row is; only what cannot be left out."""
    source = entry.sources[0]
    sheets = {(other.page, other.sheet) for other in plan.sources if other.path == source.path}
    told = say("mapping.text.system", language)
    lines = ["", f"  # {_about(entry, language)}", f"  - path: {scalar(entry.path)}"]
    lines.append(line(f"    system: {scalar(_system(entry.path))}", told))
    if sheet := _sheet(entry, sheets):
        lines.append(f"    sheet: {scalar(sheet)}")
    if owner != "customer":
        lines.append(f"    object: {owner}")
    if variable := next(filter(None, (s.reading.get("password_env") for s in entry.sources)), ""):
        lines.append(f"    password_env: {scalar(variable)}")
    return lines


def _sheet(entry: Entry, sheets: set[tuple[str, str]]) -> str:
    """What must be said of the sheet: nothing where the entry has all of the file, the page where
    it has all tables of that, else the table."""
    source = entry.sources[0]
    mine = {(s.page, s.sheet) for s in entry.sources if s.path == source.path}
    if mine == sheets:
        return ""
    return source.page if len(mine) > 1 else source.sheet


def droppable(column: Column) -> bool:
    """Empty, or a running number: nothing is lost when such a column is left behind."""
    rates = detectors.detect(column.samples) or {"serial": 1.0, "number": 1.0}
    return not column.filled or content.numbers_rows(column, rates)


def _about(entry: Entry, language: str) -> str:
    rows = sum(source.counts.get("data", 0) for source in entry.sources)
    names = "、".join(source.name for source in entry.sources[:5])
    more = " …" if len(entry.sources) > 5 else ""
    header = "-".join(str(row) for row in entry.sources[0].header_rows) or "?"
    return say(
        "mapping.text.source", language, names=printed(names + more), rows=rows, header=header
    )


def _system(path: str) -> str:
    stem = PurePosixPath(path.replace("\\", "/")).stem
    return re.sub(r"[*\s_\-—.]+$", "", stem.split("*")[0]) or stem.replace("*", "") or "1"


def _contacts(persons: list[list[Guess]], model: dict[str, Object], language: str) -> list[str]:
    """The further contacts of a row, each with the fields that are certain."""
    if not persons:
        return []
    lines = [line("    contacts:", say("mapping.text.contacts", language))]
    for guesses in persons:
        places = ["      - ", *["        "] * (len(guesses) - 1)]
        lines += [_field_line(*one, model, language) for one in zip(places, guesses, strict=True)]
    return lines


def _field_line(place: str, guess: Guess, model: dict[str, Object], language: str) -> str:
    owner, _, name = str(guess.field).partition(".")
    field = model[owner].fields[name]
    why = say("mapping.text.and", language).join(guess.reasons)
    sure = say(f"mapping.tier.{guess.tier}", language)
    kind = privacy.mask_kind(field.name, field.kind, field.sensitive)
    score = f"{guess.confidence:.0%}"
    told = say("mapping.text.evidence", language, sure=sure, score=score, why=why)
    told += _samples(guess.column, kind, language)
    return line(f"{place}{guess.field}: {_from(guess)}", told)


def _from(guess: Guess) -> str:
    """What a field is filled from, as the project file says it."""
    heading = scalar(guess.column.heading)
    if guess.concat:
        return f"{{concat: {flow(list(guess.concat))}, with: {json.dumps(guess.joint)}}}"
    if guess.unit and guess.unit != "元":
        return f"{{column: {heading}, unit: {guess.unit}}}"
    return heading


def _private(owner: str, mapped: list[Guess]) -> str | None:
    """What names the persons of a list of customers without a column of companies."""
    columns = {guess.field: _from(guess) for guess in mapped}
    if owner != "customer" or "customer.name" in columns:
        return None
    return columns.get("contact.name")


def _missing(
    owner: str, mapped: list[Guess], model: dict[str, Object], language: str
) -> Iterable[str]:
    """Required fields of the source's object that no column was found for."""
    have = {guess.field for guess in mapped}
    for field in model[owner].fields.values():
        if field.required == "target" and field.path not in have:
            told = say("mapping.text.missing", language, label=field.label[language])
            yield f"      # {field.path}: ?   # {told}"


def _unmapped(guesses: list[Guess], language: str) -> list[str]:
    lines = []
    for guess in guesses:
        column = guess.column
        why = say("mapping.text.and", language).join(guess.reasons)
        told = say("mapping.text.unmapped_column", language, count=column.filled, why=why)
        kind = content.mask_kind(column.samples)
        lines.append(
            line(f"      # ?: {scalar(column.heading)}", told + _samples(column, kind, language))
        )
    return [f"      # {say('mapping.text.unmapped', language)}", *lines] if lines else []


def _samples(column: Column, kind: str, language: str) -> str:
    shown = [
        privacy.mask_text(kind, sample) or ""
        for sample in content.telling(column.samples)[:SAMPLES]
    ]
    cut = [
        s if len(s) <= SAMPLE_WIDTH else s[: SAMPLE_WIDTH - 1] + "…" for s in map(printed, shown)
    ]
    return say("mapping.text.samples", language, samples=" · ".join(cut)) if cut else ""
