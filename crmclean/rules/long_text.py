"""Text of several lines: like text, but line breaks stay

Remarks, requirements and follow-ups are read by people: lines stay lines, at most one empty line
between them; everything else as for text.

Source: as text.

>>> clean("第一次拜访_x000D_\\n\\n\\n\\n  已报价 ")
'第一次拜访\\n\\n已报价'
>>> clean("同意<br>下周签约")
'同意\\n下周签约'
>>> clean("锟斤拷锟斤拷")
Traceback (most recent call last):
ValueError: TEXT_LOST_CHARACTERS
"""

import pyarrow as pa

from crmclean.rules import Parts, _characters
from crmclean.rules.text import RESIDENT, judged, quick

__all__ = ["FORM", "clean", "quick", "sound"]

FORM = _characters.LINES


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """As for text."""
    return _characters.are_lines(values, RESIDENT, several=True)


def clean(text: str, /, **_: object) -> str | Parts:
    """`text` with its lines. Raises ValueError TEXT_LOST_CHARACTERS."""
    return judged(_characters.tidy_lines(text))
