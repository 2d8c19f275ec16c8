"""Tags: several short words, joined by 、, each once

A slash inside A/B or a date and the # of C# belong to their tag.

Source: domain.md (客户标签: several values).

>>> clean("重点， 华东;重点"), clean("#VIP#华东"), clean("老客户/华东 | A/B测试"), clean("C++、C#")
('重点、华东', 'VIP、华东', '老客户、华东、A/B测试', 'C++、C#')
>>> clean("，,;")
''
"""

import re

import pyarrow as pa

from crmclean.rules import _characters

FORM = _characters.LINE
_BETWEEN = re.compile(
    r" *[,，;；、|\n]+ *| */(?![A-Za-z0-9]) *|(?<![A-Za-z0-9]) */ *|(?:^|(?<![A-Za-z])) *#+(?! *(?:[、,，;；|]|$)) *"
    r"|(?<=[A-Za-z0-9])#(?=[\u3400-\u9fff])"
)
_LISTED = re.compile(r"""\[ *(?:"[^"]*"|'[^']*')(?: *, *(?:"[^"]*"|'[^']*'))* *\]""")


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """No separators, no repeated tags."""
    return _characters.are_lines(values, r"[,，;；/|#、]|\A\[")


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces."""
    return _characters.tidy_column(values)


def clean(text: str, /, **_: object) -> str:
    """The tags in their order, without repeats."""
    if _LISTED.fullmatch(text.strip()):
        text = re.sub("[\"'\\[\\]]", "", text)
    words = (_characters.tidy(word) for word in _BETWEEN.split(_characters.tidy_lines(text)))
    return "、".join(dict.fromkeys(word for word in words if word))
