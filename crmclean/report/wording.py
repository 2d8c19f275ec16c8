"""Words of the page, in both languages at once: the style shows the one that the root element names.

Everything comes out escaped (markupsafe), and without characters that could steer a reader's screen.
"""

from typing import Any

from markupsafe import Markup

from crmclean.messages import LANGUAGES, advice, entries, general, say, short
from crmclean.privacy import printable


def words(code: str, **facts: Any) -> Markup:
    """The words of a code in both languages, escaped; the page shows one of them."""
    return both({lang: say(code, lang, **facts) for lang in LANGUAGES})


def both(label: dict[str, str]) -> Markup:
    """A label of the model, in both languages; one text where they are the same."""
    if label["zh"] == label["en"]:
        return Markup("{}").format(printable(label["zh"]))
    return Markup('<span lang="zh-CN">{}</span><span lang="en">{}</span>').format(
        printable(label["zh"]), printable(label["en"])
    )


def plain(code: str) -> Markup:
    """The words of a code without the facts of a single case: for summaries."""
    if code not in entries() and f"reason.{code}" not in entries():
        return Markup("<code>{}</code>").format(printable(code)) if code else Markup("–")
    return both({lang: short(code, lang) for lang in LANGUAGES})


def doing(code: str) -> Markup:
    """What to do about a code, as a paragraph; nothing where the catalogue has no advice."""
    told = {lang: general(advice(code, lang)) for lang in LANGUAGES}
    return (
        Markup('<p class="advice">{}</p>').format(both(told)) if any(told.values()) else Markup("")
    )


def form(kind: str) -> Markup:
    """What a valid value of a kind looks like, in words."""
    return words(f"report.form.{kind}") if f"report.form.{kind}" in entries() else plain(kind)


def rule(name: str) -> Markup:
    """What a rule does, in words; its bare name where the catalogue has none."""
    return words(f"rule.{name}") if f"rule.{name}" in entries() else Markup("")


def reading(told: dict[str, Any], header_rows: tuple[int, ...]) -> Markup:
    """How a file was read: its kind, delimiter, encoding and header, in words."""
    parts = [printable(str(told.get("container", "")).upper())]
    if mark := told.get("delimiter"):
        name = f"report.delimiter.{ord(mark[0])}"
        parts.append(words(name) if name in entries() else printable(repr(mark)))
    if told.get("encoding"):
        parts.append(printable(str(told["encoding"]).upper()))
    if header_rows:
        rows = ", ".join(map(str, header_rows))
        parts.append(words("report.heading_rows") + f" {rows}")
    return Markup(" · ").join(part for part in parts if part)


def attributes(name: str, code: str) -> Markup:
    """An attribute whose text depends on the language: the script keeps it in step."""
    zh, en = (say(code, lang) for lang in LANGUAGES)
    return Markup('{0}="{1}" data-{0}-zh="{1}" data-{0}-en="{2}"').format(name, zh, en)


def drawn(code: str, **facts: Any) -> Markup:
    """Words inside an SVG text."""
    zh, en = (printable(say(code, lang, **facts)) for lang in LANGUAGES)
    return Markup('<tspan lang="zh-CN">{}</tspan><tspan lang="en">{}</tspan>').format(zh, en)
