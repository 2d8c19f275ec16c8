"""Old organisation code: eight characters, a dash, a check digit

Source: GB 11714-1997. Characters 9 to 17 of the unified social credit code are this code.

>>> clean("d2143569x"), clean("D2143569-X"), clean("Ｄ２１４３５６９－Ｘ")
('D2143569-X', 'D2143569-X', 'D2143569-X')
>>> clean("D21435691")
Traceback (most recent call last):
ValueError: ORG_CODE_CHECK_DIGIT
"""

import re

import pyarrow as pa

from crmclean.rules import _characters, _checks

FORM = "[0-9A-Z]{8}-[0-9X]"


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """All of them: few customers still have one, each is looked at."""
    return pa.repeat(True, len(values))


def clean(text: str, /, **_: object) -> str:
    """The code. Raises ValueError ORG_CODE_CHECK_DIGIT, ORG_CODE_INVALID."""
    plain = re.sub("[ \\-–—_.]", "", _characters.narrow(text)).upper()
    if not re.fullmatch("[0-9A-Z]{8}[0-9X]", plain):
        raise ValueError("ORG_CODE_INVALID")
    if plain == "000000000":
        return ""
    if not _checks.org_code_holds(plain):
        raise ValueError("ORG_CODE_CHECK_DIGIT")
    return f"{plain[:8]}-{plain[8]}"
