"""The returned audit form: how accurate the migration is, and what that proves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmclean.audit import proof
from crmclean.audit.form import VERDICTS
from crmclean.errors import InputRefused
from crmclean.messages import LANGUAGES, say
from crmclean.workbooks import reread


@dataclass(frozen=True)
class Result:
    """`right` + `wrong` + `undecided` = `drawn`. Undecided counts as wrong in every decision.

    `contract`: at least 98 % of the drawn are right · `proved`: what is proved with 95 %
    confidence, exact, one-sided · `wilson`: where the accuracy lies, for display ·
    `per_10000`: wrong records per 10,000 filled fields, at least (one field each)."""

    drawn: int
    right: int
    wrong: int
    undecided: int
    accuracy: float
    contract: bool
    proved: float
    wilson: tuple[float, float]
    per_10000: float
    population: int
    seed: str
    errors: tuple[Mapping[str, str], ...]


def score(path: Path) -> Result:
    """Score a filled form. Raises InputRefused (exit 3): not a form, verdicts that are missing
    (AUDIT_UNFINISHED) or not among the choices (AUDIT_BAD_VERDICT)."""
    try:
        rows = reread.columns(path, header_row=2)
        facts = dict(zip(*reread.columns(path, sheet="draw").to_pydict().values(), strict=True))
    except Exception as error:
        raise InputRefused("AUDIT_NOT_A_FORM", file=path) from error
    if rows.num_columns < 8 or rows.column_names[6] != "golden":
        raise InputRefused("AUDIT_NOT_A_FORM", file=path)
    verdicts = [_verdict(text, place, path) for place, text in enumerate(rows[3].to_pylist(), 3)]
    missing = verdicts.count(None)
    if missing or not verdicts:
        raise InputRefused("AUDIT_UNFINISHED", file=path, count=missing)
    counts = {name: verdicts.count(name) for name in VERDICTS}
    drawn, right = len(verdicts), counts["right"]
    fields = sum(int(text or 0) for text in rows[7].to_pylist())
    errors = tuple(
        {"golden": golden, "verdict": verdict, "field": field or "", "note": note or ""}
        for verdict, field, note, golden in zip(
            verdicts, rows[4].to_pylist(), rows[5].to_pylist(), rows[6].to_pylist(), strict=True
        )
        if verdict != "right"
    )
    return Result(
        drawn=drawn,
        accuracy=right / drawn,
        contract=right >= proof.CONTRACT * drawn,
        proved=proof.lower_bound(right, drawn),
        wilson=proof.wilson(right, drawn),
        per_10000=round(10_000 * (drawn - right) / fields, 1) if fields else 0.0,
        population=int(facts.get("population") or 0),
        seed=facts.get("seed") or "",
        errors=errors,
        **counts,
    )


def _verdict(text: str | None, row: int, path: Path) -> str | None:
    if text is None:
        return None
    for name in VERDICTS:
        if text.strip().lower() in {say(f"audit.{name}", lang=lang).lower() for lang in LANGUAGES}:
            return name
    raise InputRefused("AUDIT_BAD_VERDICT", file=path, row=row)
