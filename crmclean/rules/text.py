"""Text on one line: no stray spaces, widths, invisible characters, entities or mojibake

Salespeople paste from the web, from Word and from chat; exports add their own rubbish. Width of
digits and letters is made plain, full-width punctuation stays, spaces are single, line breaks
become a space. Text whose characters are lost (U+FFFD, 锟斤拷) is refused: export it again.
A resident ID number inside a text is reported: it is sensitive (PIPL art. 28).

Source: Unicode TR 36 and 15; ECMA-376 22.9.2.19 (_xHHHH_); PIPL.

>>> clean(" ＡＢＣ\\u3000公司\\u200b ")
'ABC 公司'
>>> clean("华东&nbsp;大区")
'华东 大区'
>>> clean("（北京）鍖椾含")
'（北京）鍖椾含'
>>> clean("\\ufffd\\ufffd科技")
Traceback (most recent call last):
ValueError: TEXT_LOST_CHARACTERS
"""

import re

import pyarrow as pa

from crmclean.rules import Parts, _characters, _mojibake, kept

FORM = _characters.LINE
_PRIVATE = re.compile("[\ue000-\uf8ff]")
RESIDENT = r"[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]"
_LOOK = re.compile(rf"[\ufffd\ue000-\uf8ff]|{_mojibake.SUSPECT}|{RESIDENT}")
_HOLDS_ID = re.compile(rf"(?<![0-9A-Za-z]){RESIDENT}(?![0-9A-Za-z])")


def sound(values: pa.Array, /, **_: object) -> pa.Array:
    """No entities, tags, mojibake, private-use characters, resident ID numbers."""
    return _characters.are_lines(values, RESIDENT)


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces."""
    return _characters.tidy_column(values)


def clean(text: str, /, **_: object) -> str | Parts:
    """`text` on one line. Raises ValueError TEXT_LOST_CHARACTERS."""
    return judged(_characters.tidy(text))


def judged(text: str) -> str | Parts:
    """A tidy text, flagged where it needs a look. Raises ValueError TEXT_LOST_CHARACTERS."""
    if not _LOOK.search(text):
        return text
    if _mojibake.is_lost(text):
        raise ValueError("TEXT_LOST_CHARACTERS")
    if _PRIVATE.search(text):
        return kept(text, "TEXT_PRIVATE_CHARACTERS")
    return kept(text, "TEXT_HOLDS_RESIDENT_ID") if _holds_resident_id(text) else text


def _holds_resident_id(text: str) -> bool:
    from crmclean.rules._checks import resident_id_holds

    return any(resident_id_holds(hit[0].upper()) for hit in _HOLDS_ID.finditer(text))
