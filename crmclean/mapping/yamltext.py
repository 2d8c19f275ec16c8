"""Lines of YAML with comments beside them, for people and for parsers."""

import json
import re
import unicodedata

from crmclean import privacy

#: Where comments begin; a Chinese character is as wide as two others.
COMMENT_AT = 46


def printed(text: str) -> str:
    """Text on one line, without what a terminal or an editor would obey."""
    return privacy.printable(re.sub(r"\s+", " ", text))


def line(text: str, comment: str) -> str:
    """A line with its comment."""
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return f"{text}{' ' * max(2, COMMENT_AT - width)}# {printed(comment)}"


def flow(texts: list[str]) -> str:
    """A list on one line."""
    return "[" + ", ".join(scalar(text) for text in texts) + "]"


_PLAIN = re.compile(r"[A-Za-z\u3400-\u9fff][\w\u3400-\u9fff /().（）*+·年%-]*(?<! )")
_WORDS = re.compile(r"(?i)true|false|yes|no|on|off|null|y|n|nan")


def scalar(text: str) -> str:
    """Text as a YAML scalar: plain where that is safe, else in double quotes.

    >>> scalar("公司名称"), scalar("联系方式/手机"), scalar("no"), scalar("a: b")
    ('公司名称', '联系方式/手机', '"no"', '"a: b"')
    """
    safe = _PLAIN.fullmatch(text.replace(".", "")) and not _WORDS.fullmatch(text)
    return text if safe and "\n" not in text else json.dumps(text, ensure_ascii=False)
