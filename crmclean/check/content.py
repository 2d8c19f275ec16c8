"""What a column holds, said without its values: its shape and a sketch of its content.

Both go into `summary.json`, so that next month a renamed or retyped column is recognised, and both
must not betray anybody:

* **shape**: the share of cells that look like a number, a date, a phone, text…
* **size**: the decimal logarithm of the median of a column of numbers, to one digit: 元 and 万元
  are 4 apart.
* **sketch**: one bit per bucket of a one-permutation minwise hash (Li, Owen, Zhang 2012; b-bit: Li,
  König 2010) of the 4,096 values that sort first, taken only where there are at least 256 of them:
  a bucket says one bit about several values, too little to test whether somebody is in the column.
  Two sketches agree in half of their bits by chance; what is above tells how much content is shared.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.identity import hashed

SAMPLE = 1_000
NUMBERS = 20  # fewer tell no size
SKETCHED = 4_096
FEWEST = 256
BUCKETS = 128

#: First that fits. The order matters: 20240102 is a date, 13812345678 a phone, both are digits.
SHAPES = {
    "date_ymd": r"(?:19|20)\d\d[-/.年]?\d{1,2}[-/.月]?\d{1,2}日?(?:[ T]\d.*)?",
    "date_other": r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d){1,2}(?: \d.*)?",
    "phone": r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\(?0\d{2,3}\)?[- ]?\d{7,8}",
    "scientific": r"\d(?:\.\d+)?[eE]\+?\d+",
    "number": r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?",
    "email": r"[^@\s]+@[^@\s]+",
    "code": r"[A-Za-z]*[-_]?\d[\w-]*",
}


def shapes(values: pa.Array) -> dict[str, float]:
    """The share of each shape in an even sample of the filled cells.

    >>> shapes(pa.array(["2024-01-02", "2024/3/4", "无", None]))
    {'date_ymd': 0.667, 'text': 0.333}
    """
    texts = _sample(values)
    if not len(texts):
        return {}
    fits = [pc.match_substring_regex(texts, rf"\A(?:{form})\z") for form in SHAPES.values()]
    shown = pc.case_when(pc.make_struct(*fits), *map(pa.scalar, SHAPES), "text")
    counted = sorted(zip(*shown.value_counts().flatten(), strict=True), key=str)
    return {str(name): round(count.as_py() / len(texts), 3) for name, count in counted}


def size(values: pa.Array) -> float | None:
    """How big the numbers of a column are; None where most cells are no numbers.

    >>> size(pa.array(["1,500", "2000", "980"] * 10)), size(pa.array(["杭州"] * 30))
    (3.2, None)
    """
    texts = _sample(values)
    plain = pc.match_substring_regex(texts, rf"\A{SHAPES['number']}\z")
    if (pc.sum(plain).as_py() or 0) <= max(NUMBERS - 1, len(texts) / 2):
        return None
    bare = pc.replace_substring(texts.filter(plain), ",", "")
    numbers = np.abs(pc.cast(bare, pa.float64()).to_numpy())
    middle = np.median(numbers)
    return round(float(np.log10(middle)), 1) if middle else None


def _sample(values: pa.Array) -> pa.Array:
    """An even sample of the filled cells."""
    filled = values.filter(pc.fill_null(pc.not_equal(values, ""), False))
    at = np.linspace(0, max(len(filled) - 1, 0), min(SAMPLE, len(filled))).astype(np.int64)
    return pc.utf8_trim_whitespace(filled.take(pa.array(at)))


def sketch(values: pa.Array) -> str | None:
    """32 hex digits of bits and 32 of which buckets hold anything; None for few distinct values."""
    distinct = pc.drop_null(pc.unique(values))
    if len(distinct) < FEWEST:
        return None
    first = pc.select_k_unstable(distinct, min(SKETCHED, len(distinct)), [("", "ascending")])
    hashes = np.sort(hashed(distinct.take(first)))
    bucket = (hashes >> np.uint64(57)).astype(np.int64)
    held, start = np.unique(bucket, return_index=True)
    bits, known = np.zeros(BUCKETS, np.uint8), np.zeros(BUCKETS, np.uint8)
    bits[held] = (hashes[start] & np.uint64(1)).astype(np.uint8)
    known[held] = 1
    return np.packbits(bits).tobytes().hex() + np.packbits(known).tobytes().hex()


def overlap(left: str, right: str) -> float:
    """How much content two sketches share, estimated, 0 to 1 (± 0.1)."""
    bits, known = zip(*(_unpacked(text) for text in (left, right)), strict=True)
    both = known[0] & known[1]
    agree = (bits[0] == bits[1])[both.astype(bool)]
    return max(0.0, 2 * float(agree.mean()) - 1) if len(agree) else 0.0


def _unpacked(text: str) -> tuple[np.ndarray, np.ndarray]:
    raw = np.frombuffer(bytes.fromhex(text), np.uint8)
    return np.unpackbits(raw[: BUCKETS // 8]), np.unpackbits(raw[BUCKETS // 8 :])
