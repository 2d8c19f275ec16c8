"""Masking: what a report, a log or a screen may show of a person by default.

An identity number is never shown with its birth date digits; free text is shown
by its length alone. Companies, codes and picklists are not personal and stay readable, but a
mobile, an identity number or a mail address that strayed into such a cell is still hidden.

Everything here is total (any Unicode, any dirty cell) and works on whole columns; null stays null.
It masks for display only: nothing masked is ever written back, and a masked value is no key.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.privacy.masks import (
    MASKS,
    NOTHING_ARRAY,
    SHOWN,
    STRAY_ID,
    STRAY_MOBILE,
    long_text,
    scrub,
)
from crmclean.privacy.printable import printable, printable_column, where

__all__ = [
    "MASKS",
    "SHOWN",
    "headings",
    "is_masked",
    "mask",
    "mask_kind",
    "mask_text",
    "printable",
    "printable_column",
]


def mask(kind: str, values: pa.Array) -> pa.Array:
    """The values of a column as anybody may see them. `kind` is a kind of the model or a mask of
    `mask_kind`; an unknown kind is masked like free text.

    >>> mask("phone", pa.array(["13812348000", "021-65432109", None])).to_pylist()
    ['138****8000', '021-****09', None]
    >>> mask("person_name", pa.array(["张三", "欧阳修远", "Anna Li"])).to_pylist()
    ['张*', '欧阳**', 'A***']
    >>> mask("resident_id", pa.array(["110105194912310021"])).to_pylist()
    ['11****************']
    """
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    wide = "[０-９]{7,}" if kind in SHOWN else "[０-９]"
    text = where(pc.cast(values, pa.string()), wide, lambda some: pc.utf8_normalize(some, "NFKC"))
    masked = scrub(text) if kind in SHOWN else MASKS.get(kind, long_text)(text)
    return pc.if_else(pc.is_in(text, NOTHING_ARRAY), text, masked)


def mask_text(kind: str, text: str | None) -> str | None:
    """One value, masked; for messages and the terminal."""
    return mask(kind, pa.array([text], pa.string()))[0].as_py()


def headings(names: Sequence[str]) -> list[str]:
    """The headings of a table as anybody may see them. Where one is a mobile, an identity number or
    a mail address, the row is no header but somebody's record taken for one, and is hidden whole.

    >>> headings(["姓名", "手机"]), headings(["张三", "13812348000"])
    (['姓名', '手机'], ['▒▒▒ ×2', '▒▒▒ ×11'])
    """
    told = pa.array(names, pa.string())
    personal = pc.match_substring_regex(told, rf"{STRAY_MOBILE}|{STRAY_ID}|\w@\w")
    return (long_text(told) if pc.any(personal).as_py() else told).to_pylist()


def mask_kind(name: str, kind: str, sensitive: bool = False) -> str:
    """Which mask a field of the model takes: its kind, unless its name says more.

    Owners are accounts of the user's own company: the reader must know who acts, so they are
    shown. Names of leads and deals often are names of people or companies.

    >>> mask_kind("birthday", "date", sensitive=True), mask_kind("owner", "person_name")
    ('birth_date', 'account')
    """
    if kind in ("date", "datetime") and sensitive:
        return "birth_date"
    if name in ("owner", "by"):
        return "account"
    if name in ("wechat", "qq"):
        return "handle"
    if name == "other_phones":
        return "phone"
    if kind == "reference" or (kind == "text" and name.endswith("name")):
        return "company_name"
    return "hidden" if sensitive and kind in SHOWN else kind


def is_masked(kind: str) -> bool:
    """Whether values of this mask are hidden from the reader, so that pairs say same or differs."""
    return kind not in SHOWN and kind != "company_name"
