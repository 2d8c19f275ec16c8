"""The returned audit form: how accurate the migration is, and what that proves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmclean.audit import plans, proof, returned
from crmclean.audit.form import VERDICTS
from crmclean.audit.populations import LOADED
from crmclean.errors import InputRefused
from crmclean.messages import say


@dataclass(frozen=True)
class Result:
    """`right` + `wrong` + `undecided` = `drawn`. Undecided counts as wrong in every decision.

    `contract`: at least 98 % of the drawn are right · `proved`: what is proved with 95 %
    confidence, exact, one-sided · `wilson`: where the accuracy lies, for display ·
    `verdict`: proved, not_proved or more, for the claim of 98 % under the exact plans (plans.py) ·
    `project`: whose form it is (form.named) ·
    `per_10000`: wrong records per 10,000 filled fields, at least (one field each)."""

    drawn: int
    right: int
    wrong: int
    undecided: int
    accuracy: float
    contract: bool
    proved: float
    wilson: tuple[float, float]
    verdict: str
    per_10000: float
    population: int
    seed: str
    of: str
    project: str
    errors: tuple[Mapping[str, str], ...]


def score(path: Path) -> Result:
    """Score a filled form. Raises InputRefused (exit 3): a missing file, or a form that is none, not
    whole or not finished (returned.py)."""
    if not path.is_file():
        raise InputRefused("FILE_MISSING", file=path, near="")
    form, facts = returned.read(path)
    verdicts = [one.verdict for one in form]
    counts = {name: verdicts.count(name) for name in VERDICTS}
    drawn, right = len(verdicts), counts["right"]
    fields = sum(one.fields for one in form)
    population = int(facts.get("population") or 0)
    return Result(
        drawn=drawn,
        accuracy=right / drawn,
        contract=right >= proof.CONTRACT * drawn,
        proved=proof.lower_bound(right, drawn),
        wilson=proof.wilson(right, drawn),
        verdict=_proof(drawn, drawn - right, population),
        per_10000=round(10_000 * (drawn - right) / fields, 1) if fields else 0.0,
        population=population,
        seed=facts.get("seed") or "",
        of=facts.get("of") or LOADED,
        project=facts.get("project") or "",
        errors=_errors(form),
        **counts,
    )


def _errors(form: list[returned.Judged]) -> tuple[Mapping[str, str], ...]:
    """What is said of each record that is not right."""
    names = ("golden", "verdict", "field", "note")
    return tuple(
        {name: getattr(one, name) for name in names} for one in form if one.verdict != "right"
    )


def _proof(drawn: int, wrong: int, population: int) -> str:
    """The verdict of the double plan for samples of its sizes, else of the exact single plan."""
    double = plans.Double()
    if drawn in (double.first, double.first + double.second):
        return double.verdict(drawn, wrong)
    return plans.PROVED if plans.proves(drawn, wrong, population) else plans.UNPROVED


def write_certificate(path: Path, result: Result, language: str | None = None) -> Path:
    """The certificate beside the form, as `<form>_certificate.txt`; returns its path."""
    beside = path.with_name(f"{path.stem}_certificate.txt")
    beside.write_text(certificate(result, language) + "\n", encoding="utf-8", newline="\n")
    return beside


def certificate(result: Result, language: str | None = None) -> str:
    """What was proved and what was not, in words."""
    facts = {
        "drawn": result.drawn,
        "population": result.population,
        "seed": result.seed,
        "of": _of(result.of, language),
        "wrong": result.drawn - result.right,
        "undecided": result.undecided,
        "accuracy": f"{result.accuracy:.1%}",
        "proved": f"{result.proved:.1%}",
        "low": f"{result.wilson[0]:.1%}",
        "high": f"{result.wilson[1]:.1%}",
        "fields": result.per_10000,
    }
    contract = "audit.contract_met" if result.contract else "audit.contract_missed"
    double = result.drawn in (plans.Double().first, plans.Double().first + plans.Double().second)
    bound = "" if double else say("audit.bound", lang=language, **facts)
    lines = [
        say("audit.drawn", lang=language, **facts),
        say(contract, lang=language, **facts),
        bound,
        say(f"audit.{result.verdict}", lang=language, **facts),
        say("audit.not_covered", lang=language, **facts),
    ]
    return "\n".join(line for line in lines if line)


def _of(population: str, language: str | None) -> str:
    kind, _, rule = population.partition(":")
    return say(f"audit.of_{kind}", lang=language, rule=rule)
