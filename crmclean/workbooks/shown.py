"""Whether a row that came back still shows what it was sent with.

`apply` knows a row by its hidden columns, people by what they see. Where somebody sorted only the
columns in sight, or wrote over grey cells, the two are about different records: an answer would go
to the wrong one. So one more hidden column holds, of each row, the headings of the cells that it is
recognised by and a hash of what stood in them. Blanks and width may change on the way.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

HEADING = "shown"
_BETWEEN = "|"
_BLANK = r"[\s\x00-\x1f\x{00A0}\x{3000}\x{FFFE}\x{FFFF}]+"


def shown(columns: Mapping[str, pa.Array]) -> pa.Array:
    """The hidden cell of each row, from the cells that are seen, by heading; empty ones are left out."""
    named = [
        pc.if_else(pc.is_valid(cells), f"{name}{_BETWEEN}", "") for name, cells in columns.items()
    ]
    return pc.binary_join_element_wise(*named, _digests(list(columns.values())), "")


def headings(row: Mapping[str, str | None]) -> list[str]:
    """Over which columns a row that came back has the cells that it is recognised by."""
    return (row.get(HEADING) or "").split(_BETWEEN)[:-1]


def is_as_shown(row: Mapping[str, str | None]) -> bool:
    """Whether the cells of a row are what its hidden cell says; also where nothing can be said: a
    workbook without that column, a heading that was changed."""
    names = headings(row)
    if not names or any(name not in row for name in names):
        return True
    cells = [pa.array([row[name] or ""], pa.string()) for name in names]
    return _digests(cells)[0].as_py() == row[HEADING].split(_BETWEEN)[-1]


def _digests(columns: list[pa.Array]) -> pa.Array:
    from pandas.util import hash_array

    texts = [pc.utf8_normalize(pc.fill_null(cells, ""), "NFKC") for cells in columns]
    plain = [pc.replace_substring_regex(text, _BLANK, "") for text in texts]
    joined = pc.binary_join_element_wise(*plain, "")
    hashes = hash_array(joined.cast(pa.binary()).to_numpy(zero_copy_only=False), categorize=False)
    return pc.cast(pa.array(hashes), pa.string())
