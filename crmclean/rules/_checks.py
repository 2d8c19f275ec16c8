"""Check digits, for one value and for whole columns (shared by rules of identifiers).

Sources: GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code),
GS 15-2006 and ISO 7064 MOD 11,10 (registration number), GB 11643-1999 (resident ID).
Whole columns go through numpy: the characters of values of one width are a matrix.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_ORG_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]
_RESIDENT_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]


def uscc_holds(text: str) -> bool:
    """The check digit of an 18-character code of the right alphabet.

    >>> uscc_holds("91110000600037341L"), uscc_holds("91110000600037341K")
    (True, False)
    """
    places = [USCC.find(character) for character in text]
    return -1 not in places and _weighed(places[:17], _USCC_WEIGHTS, 31) == places[17]


def org_code_holds(text: str) -> bool:
    """The check digit of nine characters without a dash.

    >>> org_code_holds("D2143569X"), org_code_holds("D21435691")
    (True, False)
    """
    places = [_ORG.find(character) for character in text[:8]]
    check = _weighed(places, _ORG_WEIGHTS, 11)
    return -1 not in places and text[8] == ("X" if check == 10 else str(check))


def resident_id_holds(text: str) -> bool:
    """The check digit of an 18-character resident ID (its date is judged elsewhere).

    >>> resident_id_holds("11010519491231002X"), resident_id_holds("110105194912310021")
    (True, False)
    """
    if not text[:17].isdigit() or not text[:17].isascii():
        return False
    check = sum(int(d) * w for d, w in zip(text, _RESIDENT_WEIGHTS, strict=False)) % 11
    return text[17] == "10X98765432"[check]


def registration_no_holds(text: str) -> bool:
    """The check digit of a 15-digit registration number (ISO 7064 MOD 11,10).

    >>> registration_no_holds("110108000000016"), registration_no_holds("110108000000017")
    (True, False)
    """
    product = 10
    for digit in text[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(text[14])) % 10 == 1


def uscc_column(values: pa.Array) -> pa.Array:
    """`uscc_holds` for 18-character values; anything else is False.

    >>> uscc_column(pa.array(["91110000600037341L", "91110000600037341K", "9"])).to_pylist()
    [True, False, False]
    """
    places = _places(values, 18, USCC)
    check = (31 - places[:, :17] @ np.array(_USCC_WEIGHTS, np.float32) % 31) % 31
    return _spread(values, 18, check == places[:, 17])


def resident_id_column(values: pa.Array) -> pa.Array:
    """`resident_id_holds` for 18-character values; anything else is False."""
    places = _places(values, 18, "0123456789X")
    check = (12 - places[:, :17] @ np.array(_RESIDENT_WEIGHTS, np.float32) % 11) % 11
    return _spread(values, 18, check == places[:, 17])


def _weighed(places: list[int], weights: list[int], modulus: int) -> int:
    total = sum(place * weight for place, weight in zip(places, weights, strict=True))
    return (modulus - total % modulus) % modulus


def _places(values: pa.Array, width: int, alphabet: str) -> np.ndarray:
    """One line per value of `width` bytes: the place of each character in the alphabet, or NaN,
    which equals nothing. Sums of such places are exact in these floats, and fast."""
    fitting = values.filter(_fits(values, width))
    raw = np.frombuffer(pc.cast(fitting, pa.binary(width)).buffers()[1] or b"", np.uint8)
    start = fitting.offset * width if len(fitting) else 0
    matrix = raw[start : start + len(fitting) * width].reshape(len(fitting), width)
    table = np.full(256, np.nan, np.float32)
    table[np.frombuffer(alphabet.encode(), np.uint8)] = np.arange(len(alphabet))
    return table[matrix]


def _fits(values: pa.Array, width: int) -> pa.Array:
    return pc.fill_null(pc.equal(pc.binary_length(values), width), False)


def _spread(values: pa.Array, width: int, verdicts: np.ndarray) -> pa.Array:
    fits = _fits(values, width).to_numpy(zero_copy_only=False)
    spread = np.zeros(len(values), bool)
    spread[fits] = verdicts
    return pa.array(spread)
