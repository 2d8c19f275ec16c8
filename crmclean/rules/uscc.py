"""Unified social credit code: 18 characters with a check digit

Letters that the alphabet does not have (I O Z S) can only be misread digits; they are mended when
the check digit then proves the code. Any other code whose check digit is wrong is refused: two
characters may have changed places. An old organisation code (9 characters) goes to its own
field; an old registration number (15 digits) stays, with an issue.

Source: GB 32100-2015; GB 11714-1997; GS 15-2006. Judge in the tests: stdnum.cn.uscc.

>>> clean("9111 0000 6000 3734 1l"), clean("９１１１００００６０００３７３４１Ｌ")
('91110000600037341L', '91110000600037341L')
>>> clean("9111OOOO600037341L")
'91110000600037341L'
>>> clean("D2143569-X").values
{'org_code': 'D2143569-X'}
>>> clean("91110000600037341K")
Traceback (most recent call last):
ValueError: USCC_CHECK_DIGIT
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _checks, resident_id

FORM = "[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}"
_MISREAD = str.maketrans("OIZS", "0125")
_GLUE = "[ \\-–—_.:'\"`,;]"
_STAND_IN = re.compile("([0-9A-Z])\\1*|123456789012345678")
#: Its heading typed along; any other words are somebody's, and not thrown away.
_LABEL = re.compile(
    r"^(?:企业|公司|单位|纳税人?|统一|社会|信用|营业|税务|工商|组织|机构)*(?:代码|税号|识别号|登记号|登记证号|注册号|执照号?|证号)"
    r"(?:[(（][^()（）]{0,8}[)）])? ?[:：]? ?"
)


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Codes whose check digit is wrong, that are typed to fill a field, what may be the number of
    a person or ends in a spreadsheet's zeros (digits alone are common in good codes)."""
    stand_ins = [*(letter * 18 for letter in _checks.USCC), "123456789012345678"]
    same = pc.is_in(values, value_set=pa.array(stand_ins))
    other = pc.match_substring_regex(values, rf"\A(?:{resident_id.FORM}|[0-9]{{15}}000)\z")
    return pc.or_(pc.or_(same, other), pc.invert(_checks.uscc_column(values)))


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Small letters, widths, spaces and dashes."""
    bare = pc.replace_substring_regex(_characters.narrow_column(values), _GLUE, "")
    return pc.utf8_upper(bare)


def clean(text: str, /, **_: object) -> str | Parts:
    """The code, or an organisation code as a part. Raises ValueError USCC_CHECK_DIGIT,
    USCC_LENGTH, USCC_LOST_DIGITS, USCC_OLD_REGISTRATION_NO, USCC_IS_RESIDENT_ID, USCC_INVALID."""
    plain = re.sub(_GLUE, "", _LABEL.sub("", _characters.narrow(text))).upper()
    if _STAND_IN.fullmatch(plain):
        return ""
    if re.search(r"[0-9]E\+[0-9]", _characters.narrow(text).upper()):
        raise ValueError("USCC_LOST_DIGITS")
    if len(plain) == 18:
        return _eighteen(plain)
    if re.fullmatch("[0-9A-Z]{8}[0-9X]", plain) and _checks.org_code_holds(plain):
        return Parts({"org_code": f"{plain[:8]}-{plain[8]}"})
    if re.fullmatch("[0-9]{15}", plain) and _checks.registration_no_holds(plain):
        raise ValueError("USCC_OLD_REGISTRATION_NO")
    raise ValueError("USCC_LENGTH" if re.fullmatch("[0-9A-Z]+", plain) else "USCC_INVALID")


def _eighteen(plain: str) -> str:
    if re.fullmatch(resident_id.FORM, plain) and _checks.resident_id_holds(plain):
        raise ValueError("USCC_IS_RESIDENT_ID")
    if plain.endswith("000") and plain.isdigit():
        raise ValueError("USCC_LOST_DIGITS")
    mended = plain.translate(_MISREAD)
    if re.fullmatch(FORM, mended) and _checks.uscc_holds(mended):
        return mended
    raise ValueError("USCC_CHECK_DIGIT" if re.fullmatch(FORM, mended) else "USCC_INVALID")
