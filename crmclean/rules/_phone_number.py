"""One telephone number in any spelling, and what is wrong with one that is broken.

The first digit decides: 1 is a mobile, 0 an area code, + and 00 a country; "11 digits" does not.
"""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _tables
from crmclean.rules._characters import narrow

#: Dummies of sample code and lazy typing that can be nobody's number.
STAND_IN = (
    r"13800138000|13900139000|1[3-9]00000000[0-9]|1[3-9][0-9]00000000|11111111111|12345678901"
    r"|13333333333|14444444444|15555555555|16666666666|17777777777|18888888888|19999999999"
    r"|13888888888|13999999999|0[0-9]{2,3}-(?:0{7,8})|[48]000000000|0+|1+|123+|1234567(?:8(?:9(?:0(?:[01][0-9]?)?|10)?)?)?|-?[0-9]"
)
#: A landline of one digit (0755-88888888): lazy typing, or a number that was sold as a lucky one.
ONE_DIGIT = rf"0[0-9]{{2,3}}-(?:{'|'.join(f'{digit}{{7,8}}' for digit in range(1, 10))})"
_ONE_DIGIT = re.compile(rf"{ONE_DIGIT}(?:-[0-9]+)?")
_NOTHING = re.compile(STAND_IN)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_GLUE = str.maketrans("", "", " -().·_–—‐‑\u2212")
_DASHES = str.maketrans("–—‐‑\u2212", "-----")
_PREFIXED = re.compile(r"(?:\+?0*86|17951|12593|17911|17909|17901|0)?(1[3-9][0-9]{9})")
#: With a sign of its own; 86 alone only before the area code of a whole number.
_COUNTRY = re.compile(
    r"(?:\(?(?:\+ ?|00)86\)?[- ]*|\(86\)[- ]*|86-)(?:\(0\))?"
    r"|0?86[- ]?(?=0?(?:10|2[0-9]|[3-9][0-9]{2})[ -]?[0-9]{3,4}[ -]?[0-9]{4}$)"
)
_BRACKETED = re.compile(r"^\(\+?86[- ]?([0-9]{2,3})\)")
_AREA_IN_BRACKETS = re.compile(r"^\((0?[1-9][0-9]{1,2})\) ?(?=[1-9])")
TWO_MOBILES = re.compile(r"(?<![0-9])(1[3-9][0-9]{9}) ?[-–—] ?(?=1[3-9][0-9]{9}(?![0-9]))")
_EXTENSION = r"(?:转|轉|分机号?|内线|ext\.?|x|#|\*|-|,)"
_MORE = rf"(?: ?\(?(?: ?{_EXTENSION} ?:? ?)+([0-9]{{1,6}})\)?)?"
_LANDLINE = re.compile(
    rf"[(\[【]? ?(0[0-9]{{2,3}}) ?[)\]】]?[ ./_-]*([1-9][0-9]{{2,3}}[ .-]?[0-9]{{4}}){_MORE}", re.I
)
_TOLL_FREE = re.compile(rf"([48]00)((?:[ -]*[0-9]){{7}}){_MORE}", re.I)
#: 26001234-5 and 26001234-36 may be two numbers as well as an extension.
_PERHAPS_RANGE = re.compile(r"[0-9]{5,}(?P<last>[0-9]{2})-(?P<next>[0-9]{1,2})")
#: As they are written abroad, without the + : 1-415-555-2671, 852-21234567.
_ABROAD = re.compile(
    r"1[- .]?\([2-9][0-9]{2}\)[- .]?[0-9]{3}[- .]?[0-9]{4}|1(?:[- .][2-9][0-9]{2}){2}[- .][0-9]{4}"
    r"|\(?85[23]\)?[ -]?[2-9][0-9]{3}[ -]?[0-9]{4}|\(?886\)?[ -]?[2-9][0-9 -]{7,11}"
)
_LABEL = re.compile(
    r"^(?:联系)?(?:手机|电话|座机|固话|固定电话|移动电话|办公电话?|公司|总机|直线|号码|家|宅电|单位"
    r"|tel|mobile|phone|cell|mob|mp|m|t|p)(?:号码?)?[.:]? *(?=[+(0-9])",
    re.I,
)
_SCIENTIFIC = re.compile(r"([0-9])\.([0-9]+)e\+?([0-9]+)", re.I)
_LETTERS = str.maketrans("OoQIlBSsZz", "0001185522")
_ZEROS = re.compile(r"(?<=[0-9])\.0+$")


def whole(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Which values may be somebody's own number: a spreadsheet rounded none of their digits
    (1.39E+10), no system masked them (138****0001), they are no short hotline, and not one digit
    all through (0755-88888888)."""
    hidden = pc.match_substring_regex(values, rf"[*＊×xXeE]|\A(?:{ONE_DIGIT})")
    return pc.and_(pc.invert(hidden), pc.greater_equal(pc.utf8_length(values), 7))


def doubted(numbers: list[str]) -> list[tuple[str, str | None]]:
    """Issues of the numbers of a cell that may be made up, and stay all the same."""
    doubtful = any(_ONE_DIGIT.fullmatch(number) for number in numbers)
    return [("PHONE_ONE_DIGIT", None)] if doubtful else []


def single(text: str, area: str | None = None) -> str | None:
    """`text` as one number, "" when it is a stand-in, None when it is not one number.

    Raises ValueError for what is surely meant as one number and is broken."""
    if _MOBILE.fullmatch(text):
        return "" if _NOTHING.fullmatch(text) else text
    plain = _LABEL.sub("", narrow(text).translate(_DASHES).strip("'\"`;,。、 "))
    plain = _BRACKETED.sub(r"86-\1-", _ZEROS.sub("", plain))
    if re.fullmatch(r"\([0-9 -]+\)", plain):
        plain = plain[1:-1].strip()
    if _ABROAD.fullmatch(plain):
        raise ValueError("PHONE_FOREIGN_PERHAPS", _abroad(plain.translate(_GLUE)))
    digits = plain.translate(_GLUE)
    hit = _PREFIXED.fullmatch(digits)
    if hit:
        return "" if _NOTHING.fullmatch(hit[1]) else hit[1]
    if _NOTHING.fullmatch(digits):
        return ""
    if plain.startswith(("+", "00")) and not _COUNTRY.match(plain):
        return _foreign(plain, digits)
    landline = _landline(plain)
    return _other(plain, digits, area) if landline is None else landline


def kind_of(number: str) -> str:
    """mobile, phone, or other (13-digit numbers of machines)."""
    if _MOBILE.fullmatch(number):
        return "mobile"
    return "other" if len(number) == 13 and number.isdigit() else "phone"


def _landline(plain: str) -> str | None:
    """An area code and a number, a toll-free or a short number; None for anything else."""
    country = _COUNTRY.match(plain)
    national = plain[country.end() :] if country else plain
    national = _AREA_IN_BRACKETS.sub(r"\1-", national) if country else national
    if national != plain and re.match("[2-9](?!00[ -]?[0-9]{3,4}[ -]?)|10[ -]?[0-9]{4}", national):
        national = "0" + national
    for hit in (_LANDLINE.fullmatch(national), _TOLL_FREE.fullmatch(national)):
        if hit is None:
            continue
        *places, more = hit.groups()
        if _may_be_range(plain):
            raise ValueError("PHONE_ABBREVIATED")
        number = "".join(places[1:] if hit.re is _LANDLINE else places).translate(_GLUE)
        if hit.re is _LANDLINE:
            number = _with_area(places[0], number)
        if number:
            return "" if _NOTHING.fullmatch(number) else number + (f"-{more}" if more else "")
    return None


def _with_area(area: str, number: str) -> str | None:
    """`0571`, `87654321` → `0571-87654321`; raises PHONE_AREA_CODE where there is no such
    area, PHONE_LOST_DIGITS where all its numbers have eight."""
    digits = area + number
    area, number = _cut(digits)
    if len(number) not in (7, 8) or number[0] == "0":
        return None
    if area not in _tables.area_codes():
        raise ValueError("PHONE_AREA_CODE")
    if len(number) == 7 and (len(area) == 3 or area in _tables.of_eight_digits()):
        raise ValueError("PHONE_LOST_DIGITS")
    return f"{area}-{number}"


def _cut(digits: str) -> tuple[str, str]:
    size = 3 if digits[1] in "12" else 4
    return digits[:size], digits[size:]


def _other(plain: str, digits: str, area: str | None) -> str | None:
    """Short numbers and numbers of machines; else says what is broken, or None for "not one"."""
    if not re.search("[0-9]", digits):
        return None
    if re.fullmatch(r"14[0-4][0-9]{10}|9[56][0-9]{3,4}", digits):
        return digits
    if digits.isdigit() and digits.isascii():
        return _broken(plain, digits, area)
    hit = _SCIENTIFIC.fullmatch(plain)
    if hit:
        return _unfolded(hit)
    if re.fullmatch(r"\+?[0-9 -]*[*xX?]{2,}[0-9 -]*", plain):
        raise ValueError("PHONE_MASKED")
    mended = digits.translate(_LETTERS)
    if mended != digits and _PREFIXED.fullmatch(mended):
        raise ValueError("PHONE_LETTERS", _PREFIXED.fullmatch(mended)[1])
    return None


def _unfolded(hit: re.Match[str]) -> str:
    """1.3812345678E+10 holds all its digits; 1.38E+10 does not."""
    digits, size = hit[1] + hit[2], int(hit[3]) + 1
    if len(digits) == size and _MOBILE.fullmatch(digits):
        return digits
    raise ValueError("PHONE_LOST_DIGITS")


def _broken(plain: str, digits: str, area: str | None) -> str | None:
    size = len(digits)
    if re.match("[2-9][0-9]{6,7}[^0-9]", plain):
        raise ValueError("PHONE_NO_AREA_CODE")
    if size in (7, 8) and digits[0] not in "01":
        if area:
            return _with_area(area, digits)
        raise ValueError("PHONE_NO_AREA_CODE")
    if re.match("1[3-9]", digits):
        if size > 13 and (" " in plain or TWO_MOBILES.search(plain)):
            return None
        raise ValueError("PHONE_LOST_DIGITS" if size < 11 else "PHONE_EXTRA_DIGITS")
    if size in (10, 11) and digits[0] != "0" and _landline("0" + digits):
        raise ValueError("PHONE_LOST_ZERO", _landline("0" + digits))
    if " " in plain and size > 12:
        return None
    raise ValueError("PHONE_LOST_DIGITS" if size < 10 else "PHONE_INVALID")


def _may_be_range(plain: str) -> bool:
    """26001234-5 and -36: what follows the dash goes on from the last digits before it."""
    hit = _PERHAPS_RANGE.search(plain.replace(" ", ""))
    if hit is None or hit.end() != len(plain.replace(" ", "")):
        return False
    size = len(hit["next"])
    return 0 < int(hit["next"]) - int(hit["last"][-size:]) < 10


def _abroad(digits: str) -> str | None:
    try:
        return _foreign("+" + digits, "+" + digits)
    except ValueError:
        return None


@cache
def _foreign(plain: str, digits: str) -> str | None:
    """A number with + or 00 in E.164, if it is valid there."""
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + re.sub("^(?:[+]|00)", "", digits))
    except phonenumbers.NumberParseException as reason:
        raise ValueError("PHONE_INVALID") from reason
    if number.extension or not phonenumbers.is_valid_number(number):  # E.164 has no place for one
        raise ValueError("PHONE_INVALID")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
