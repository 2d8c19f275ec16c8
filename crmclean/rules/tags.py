"""Tags: several short words, joined by 、, each once

Source: domain.md (客户标签: several values).

>>> clean("重点， 华东;重点"), clean("VIP"), clean("A/B | C")
('重点、华东', 'VIP', 'A、B、C')
>>> clean("，,;")
''
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters

FORM = _characters.LINE
_BETWEEN = re.compile(r" *[,，;；、/|#\n]+ *")


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Other separators, repeated tags."""
    return pc.match_substring_regex(values, rf"[,，;；/|#、]|{_characters.SUSPECT}")


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces."""
    return _characters.tidy_column(values)


def clean(text: str, /, **_: object) -> str:
    """The tags in their order, without repeats."""
    words = (_characters.tidy(word) for word in _BETWEEN.split(_characters.tidy_lines(text)))
    return "、".join(dict.fromkeys(word for word in words if word))
