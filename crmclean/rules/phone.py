"""Telephone numbers of the mainland as CRMs take them; foreign ones in E.164

    13812345678          mobile: 11 digits (13-digit numbers of machines too)
    010-12345678-801     landline: area code, number, extension; the area code must exist
    4008001234  95588    toll-free and short numbers
    +85221234567         anything with + or 00 that phonenumbers calls valid

One cell often holds several numbers, names and notes: they become parts (mobile, phone, other,
name, remark). The first digit decides: 1 is a mobile, 0 an area code; "11 digits" does not.
Lost digits, missing area codes, letters and masks are refused: what a number may have been is a
suggestion. A mobile that is known as a stand-in (13800138000) is nothing; a landline of one digit
(0755-88888888) may have been sold as a lucky number: it stays, with an issue.

Source: MIIT numbering plan; area codes in tables/; dirty-input.md M01-M05; dedupe.md C.5.

>>> clean("+86 138-1234-5678"), clean("１３８１２３４５６７８.0")
('13812345678', '13812345678')
>>> clean("（010）8765 4321转801"), clean("057187654321"), clean("400-800-1234")
('010-87654321-801', '0571-87654321', '4008001234')
>>> clean("13812345678 张三").values
{'mobile': '13812345678', 'name': '张三'}
>>> clean("13812345678/010-87654321").values
{'mobile': '13812345678', 'phone': '010-87654321'}
>>> clean("1.38E+10")
Traceback (most recent call last):
ValueError: PHONE_LOST_DIGITS
>>> clean("8765 4321")
Traceback (most recent call last):
ValueError: PHONE_NO_AREA_CODE
"""

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _tables
from crmclean.rules._phone_cell import read_cell
from crmclean.rules._phone_number import ONE_DIGIT, STAND_IN, doubted, kind_of, single

_MOBILE = "1[3-9][0-9]{9}"
FORM = (
    rf"{_MOBILE}|14[0-4][0-9]{{10}}"
    r"|0(?:[12][0-9]-[1-9][0-9]{7}|[3-9][0-9]{2}-[1-9][0-9]{6,7})(?:-[0-9]{1,6})?"
    r"|[48]00[0-9]{7}(?:-[0-9]{1,6})?|9[56][0-9]{3,4}|\+[1-9][0-9]{6,14}"
)


_GAP = "[- –—‐‑−]"
_LABEL = r"\A(?:(?:联系)?(?:手机|电话|座机|固话|tel|Tel|TEL)(?:号码?)?[.:]? *)?"
_NUMBER = rf"([1-9][0-9]{{2,3}}){_GAP}?([0-9]{{4}})"
_LONG = rf"([1-9][0-9]{{3}}){_GAP}?([0-9]{{4}})"
_MORE = rf"(?: ?(?:转|ext\.?|{_GAP}) ?([0-9]{{1,6}}))?\z"
#: What whole columns are mended with, one after the other: each makes a number that FORM knows, or
#: one that the next reads. What comes out of none of them is read by `clean`.
_TO_MOBILE = (
    rf"{_LABEL}(?:\(?(?:\+|00)?86\)?{_GAP}?)?(1[3-9][0-9]){_GAP}?([0-9]{{4}}){_GAP}?([0-9]{{4}})(?:\.0)?\z",
    r"\1\2\3",
)
_TO_LANDLINE = (
    (rf"{_LABEL}(?:\+|00)86{_GAP}*(10|2[0-9]|[3-9][0-9]{{2}}){_GAP}+([1-9])", r"0\1-\2"),
    (rf"{_LABEL}\(?(010|02[0-9])\)?{_GAP}*{_LONG}{_MORE}", r"\1-\2\3-\4"),
    (rf"{_LABEL}\(?(0[3-9][0-9]{{2}})\)?{_GAP}*{_NUMBER}{_MORE}", r"\1-\2\3-\4"),
    (r"\A(0[0-9]{2,3}-[0-9]{7,8})-\z", r"\1"),
)


def sound(values: pa.Array, /, want: str | None = None, **_: object) -> pa.Array:
    """No stand-ins, landlines of one digit, unknown area codes, foreign numbers, numbers of machines, what may be a range,
    numbers that belong into another field."""
    wanted = {"mobile": _MOBILE, "phone": _no_mobile()}.get(want, rf"{_MOBILE}|{_no_mobile()}")
    final = pc.match_substring_regex(values, rf"\A(?:{wanted})\z")
    stand_in = rf"\A(?:{STAND_IN}|{ONE_DIGIT})(?:-[0-9]{{1,6}})?\z"
    return pc.and_not(final, pc.match_substring_regex(values, stand_in))


@cache
def _no_mobile() -> str:
    """Numbers of known areas, as long as they are there, toll-free and short ones. An extension of
    one or two digits may be the end of a range."""
    long = {code for code in _tables.area_codes() if len(code) == 3} | _tables.of_eight_digits()
    other = _tables.area_codes() - long
    return (
        rf"(?:(?:{'|'.join(sorted(long))})-[1-9][0-9]{{7}}"
        rf"|(?:{'|'.join(sorted(other))})-[1-9][0-9]{{6,7}}|[48]00[0-9]{{7}})(?:-[0-9]{{3,6}})?"
        r"|9[56][0-9]{3,4}"
    )


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Mobiles and landlines with a label, a country code, brackets, dashes, spaces, `.0`."""
    plain = pc.utf8_trim(_characters.narrow_column(values), "'\"`;,。、 ")
    plain = pc.replace_substring_regex(plain, *_TO_MOBILE)
    others = pc.invert(pc.match_substring_regex(plain, rf"\A{_MOBILE}\z"))
    rest = plain.filter(others)
    for pattern, mended in _TO_LANDLINE:
        rest = pc.replace_substring_regex(rest, pattern, mended)
    return pc.replace_with_mask(plain, others, rest)


def clean(text: str, want: str | None = None, area: str | None = None, **_: object) -> str | Parts:
    """The number, or the parts of the cell. `want`: mobile or phone, the field that it is in;
    `area`: the area code of local numbers, when a person has decided it.

    Raises ValueError PHONE_LOST_DIGITS, PHONE_EXTRA_DIGITS, PHONE_NO_AREA_CODE, PHONE_LOST_ZERO,
    PHONE_ABBREVIATED, PHONE_LETTERS, PHONE_MASKED, PHONE_AREA_CODE,
    PHONE_FOREIGN_PERHAPS, PHONE_INVALID."""
    number = single(text, area)
    if number is None:
        return read_cell(text, area)
    here, doubts = want is None or kind_of(number) == want, doubted([number])
    if number == "" or (here and not doubts):
        return number
    return Parts({"" if here else kind_of(number): number}, doubts)
