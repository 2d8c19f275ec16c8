"""Old business registration number: 15 digits with a check digit

Source: GS 15-2006 (ISO 7064 MOD 11,10). Replaced by the unified social credit code in 2015.

>>> clean("1101 0800 0000 016")
'110108000000016'
>>> clean("110108000000017")
Traceback (most recent call last):
ValueError: REGISTRATION_NO_CHECK_DIGIT
"""

import re

import pyarrow as pa

from crmclean.rules import _characters, _checks

FORM = "[0-9]{15}"


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """All of them: few customers still have one, each is looked at."""
    return pa.repeat(True, len(values))


def clean(text: str, /, **_: object) -> str:
    """The number. Raises ValueError REGISTRATION_NO_CHECK_DIGIT, REGISTRATION_NO_INVALID."""
    plain = re.sub("[ \\-]", "", _characters.narrow(text))
    if not re.fullmatch(FORM, plain):
        raise ValueError("REGISTRATION_NO_INVALID")
    if not _checks.registration_no_holds(plain):
        raise ValueError("REGISTRATION_NO_CHECK_DIGIT")
    return plain
