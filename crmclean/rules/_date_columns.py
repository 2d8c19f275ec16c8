"""What most dates look like, mended for whole columns (the quick half of `_dates.py`).

Each step is one replacement that RE2 does for a whole column; what they make is what `_dates.read`
says of the same text, and what they do not make whole is left to it.
"""

import pyarrow as pa
import pyarrow.compute as pc

#: Two digits of a year first, as Chinese columns have it; not beside slashes.
_SHORT_YEARS = (
    (r"\A([0-2][0-9])[-.]([0-9]{1,2})[-.]([0-9]{1,2})\z", r"20\1-\2-\3"),
    (r"\A([5-9][0-9])[-.]([0-9]{1,2})[-.]([0-9]{1,2})\z", r"19\1-\2-\3"),
)
_STEPS = (
    (
        r"\A((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?"
        r"(?:[ T]([0-9]{1,2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?)?\z",
        r"\1-0\2-0\3 0\4",
    ),
    (r"\A((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2}))?\z", r"\1-\2-\3 \4:\5"),
    (r"([- ])0([0-9]{2})", r"\1\2"),
    (r" [0:]?\z", ""),
)


def quick_column(values: pa.Array, date_order: str | None = None, **_: object) -> pa.Array:
    """What most dates look like, as `read` reads them; anything else comes out as no date."""
    values = pc.replace_substring(values, "／", "/")
    for pattern, mended in _STEPS if date_order else (*_SHORT_YEARS, *_STEPS):
        values = pc.replace_substring_regex(values, pattern, mended)
    return values
