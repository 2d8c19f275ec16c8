"""One self-contained HTML page: templates, style and script in one file, nothing from outside.

Safety (reference/trust.md T7): Jinja2 escapes everything and refuses unknown names; charts are SVG
made here; tables of the page travel as gzip + base64 and reach the page as text nodes only. The
content security policy allows this script and this style by their hashes and nothing else: no
request, no inline handler, no style attribute.

Both languages stand in the file; the style shows the one that the root element names.
"""

import base64
import gzip
import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from crmclean import __version__
from crmclean.privacy import printable
from crmclean.report import wording

if TYPE_CHECKING:
    from jinja2 import Environment

#: The parts of the script, in the order in which they need each other.
SCRIPTS = ("base.js", "decisions.js", "issues.js", "duplicates.js", "start.js")
CODES = {"zh": "zh-CN", "en": "en"}
#: What numbers are packed as, narrowest first: little-endian on every machine.
KINDS = tuple(np.dtype(name) for name in ("<i1", "<i2", "<i4"))
LEVEL = 6


def render(template: str, title: str, language: str, **facts: Any) -> str:
    """The page of `template` (page/<template>.html) filled with `facts`."""
    style, script = _asset("report.css"), "\n".join(map(_asset, SCRIPTS))
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(
            title=title,
            language=CODES[language],
            version=__version__,
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
            **facts,
        )
    )


def load() -> None:
    """Compile the templates, which takes a while, before they are needed."""
    environment = _environment()
    for name in environment.list_templates(["html"]):
        environment.get_template(name)


def packed(table: dict[str, Any]) -> Markup:
    """A table for the page's script: JSON, a zero byte and the numbers, in gzip and base64.

    Arrays of numbers (numpy) travel as they are in memory, in the narrowest kind that holds them:
    neither side has to write or read a million numbers as text."""
    numbers = bytearray()
    text = json.dumps(_placed(table, numbers), ensure_ascii=False, separators=(",", ":"))
    whole = text.encode("utf-8", "replace") + b"\0" + numbers
    squeezed = gzip.compress(whole, compresslevel=LEVEL, mtime=0)
    return Markup(base64.b64encode(squeezed).decode("ascii"))


def _placed(part: Any, numbers: bytearray) -> Any:
    """The same tree with every array moved to `numbers`: [kind, first byte, length]."""
    if isinstance(part, dict):
        return {key: _placed(value, numbers) for key, value in part.items()}
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return [_placed(entry, numbers) for entry in part]
    if not isinstance(part, np.ndarray):
        return part
    least, most = (int(part.min()), int(part.max())) if len(part) else (0, 0)
    kind = next(k for k in KINDS if np.iinfo(k).min <= least and most <= np.iinfo(k).max)
    numbers.extend(bytes(-len(numbers) % KINDS[-1].itemsize))
    place = {"numbers": [kind.itemsize, len(numbers), len(part)]}
    numbers.extend(part.astype(kind).tobytes())
    return place


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("crmclean.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # a page is rendered once: looking for constants costs more than it saves
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    environment.filters |= {"count": _count, "percent": _percent, "size": _size}
    environment.globals |= {
        "t": wording.words, "both": wording.both, "attr": wording.attributes,
        "drawn": wording.drawn, "reason": wording.plain, "issue_words": wording.plain,
        "issue_advice": wording.doing, "form": wording.form, "rule": wording.rule,
        "reading": wording.reading,
    }  # fmt: skip
    return environment


@cache
def _asset(name: str) -> str:
    return resources.files("crmclean.report").joinpath("page", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _count(number: float | None) -> str:
    return "–" if number is None else f"{number:,.0f}"


def _percent(ratio: float | None, digits: int = 1) -> str:
    """Never rounded up to 100 or down to 0: a single gap must stay visible."""
    if ratio is None:
        return "–"
    shown = round(100 * ratio, digits)
    step = 10**-digits
    if ratio < 1:
        shown = min(shown, 100 - step)
    if ratio > 0:
        shown = max(shown, step)
    return f"{shown:.{digits}f}%" if 0 < ratio < 1 else f"{shown:.0f}%"


def _size(size: int | None) -> str:
    if size is None:
        return "–"
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
