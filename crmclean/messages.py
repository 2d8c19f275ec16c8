"""Every word that a person reads, in Chinese and English, from one catalogue.

The catalogue is the folder `catalogue/`: TOML files, one per part of the program, read together.
An entry is a code with its words:

    [PHONE_LOST_DIGITS]
    severity = "error"          # issues only: error | warn | info
    zh = "电话丢了位数：{value}"
    en = "the phone number has lost digits: {value}"
    do_zh = "请从源系统按文本重新导出"      # optional: what to do
    do_en = "export it again from the source system, as text"

Codes of issues and errors are UPPER_SNAKE and stable for ever; labels are dotted lower case
(quoted in TOML: ["report.title"]). TOML because the standard library reads it and stewards can.
`{name}` is filled by plain replacement: customers' text is never a template.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).parent / "catalogue"
SEVERITIES = ("error", "warn", "info")
LANGUAGES = ("zh", "en")
#: Places for facts, anywhere and where words end with one.
FACT = re.compile(r"\{\w+\}")
FACT_AT_END = re.compile(r"[：:，,（(\s]*[“\"‘'「]?\{\w+\}[”\"’'」)）]?[。.]?$")
_language = "zh"


def set_language(language: str) -> None:
    """Choose the language of `say` for this process: zh or en."""
    global _language
    _language = language if language in LANGUAGES else "en"


def language() -> str:
    return _language


@cache
def entries() -> dict[str, dict[str, str]]:
    """The whole catalogue: code to its entry. No code stands twice (a test sees to it)."""
    merged: dict[str, dict[str, str]] = {}
    for path in sorted(CATALOGUE.glob("*.toml")):
        merged.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return merged


@cache
def helps() -> dict[str, dict[str, str]]:
    """The one file that holds the help texts: `crmclean --help` must not wait for all the rest."""
    return tomllib.loads((CATALOGUE / "cli.toml").read_text(encoding="utf-8"))


def say(code: str, lang: str | None = None, **facts: object) -> str:
    """The words of a code with its facts filled in; `lang` defaults to the process's language.

    >>> say("yes", lang="en")
    'yes'
    >>> say("NO_SUCH_CODE", lang="en", file="a.xlsx")
    'NO_SUCH_CODE (file: a.xlsx)'
    """
    entry = (helps() if code.startswith("help.") else entries()).get(code)
    if entry is None:
        listed = ", ".join(f"{name}: {fact}" for name, fact in facts.items())
        return f"{code} ({listed})" if listed else code
    return _fill(entry[lang or _language], facts)


def short(code: str, lang: str | None = None) -> str:
    """The words of a code where it stands for many cases: those of `reason.CODE` where the catalogue
    has them, else its words without the facts of a single case."""
    own = f"reason.{code}"
    return general(say(own if own in entries() else code, lang))


def general(text: str) -> str:
    """Words with their places for facts taken out.

    >>> general("the date is ambiguous: {value}"), general("{file} is empty")
    ('the date is ambiguous', '… is empty')
    """
    return FACT.sub("…", FACT_AT_END.sub("", text))


def advice(code: str, lang: str | None = None, **facts: object) -> str:
    """What to do about a code, or "" where the catalogue has no advice."""
    entry = entries().get(code, {})
    return _fill(entry.get(f"do_{lang or _language}", ""), facts)


def told(sentence: str, lang: str | None = None) -> str:
    """An English sentence that was kept as evidence (catalogue/evidence.toml), in the language; as
    it is where the catalogue does not know it.

    >>> told("encoding: ASCII only", "zh"), told("something else", "zh")
    ('只有 ASCII 字符', 'something else')
    """
    for code, pattern in _evidence():
        if hit := pattern.fullmatch(sentence):
            return say(code, lang, **hit.groupdict())
    return sentence


@cache
def _evidence() -> list[tuple[str, re.Pattern[str]]]:
    """Each kind of evidence with a pattern that finds its facts, the longest sentence first."""
    known = {code: entry["en"] for code, entry in entries().items() if code.startswith("evidence.")}
    pattern = lambda text: re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text))
    ordered = sorted(known, key=lambda code: -len(known[code]))
    return [(code, re.compile(pattern(known[code]))) for code in ordered]


def severity(code: str) -> str:
    """error, warn or info; an unknown code is an error, so that it is seen."""
    return entries().get(code, {}).get("severity", "error")


def _fill(text: str, facts: dict[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hit: str(facts.get(hit[1], hit[0])), text)
