"""Yes or no: 是 or 否

Source: dirty-input.md V13.

>>> clean("Y"), clean("√"), clean("TRUE"), clean("1.0"), clean("有")
('是', '是', '是', '是', '是')
>>> clean("no"), clean("×"), clean("0"), clean("无")
('否', '否', '否', '否')
>>> clean("看情况")
Traceback (most recent call last):
ValueError: YES_NO_UNKNOWN
"""

from crmclean.rules import _characters

FORM = "是|否"
_YES = {
    "是",
    "是的",
    "对",
    "有",
    "y",
    "yes",
    "t",
    "true",
    "1",
    "1.0",
    "√",
    "✓",
    "✔",
    "☑",
    "已",
    "真",
}
_NO = {
    "否",
    "不是",
    "不",
    "无",
    "没有",
    "非",
    "n",
    "no",
    "f",
    "false",
    "0",
    "0.0",
    "×",
    "✗",
    "✘",
    "☐",
    "未",
    "假",
}


def clean(text: str, /, **_: object) -> str:
    """是 or 否. Raises ValueError YES_NO_UNKNOWN."""
    plain = _characters.narrow(text).strip("'\"`。. ").lower()
    if not plain:
        return ""
    if plain in _YES:
        return "是"
    if plain in _NO:
        return "否"
    raise ValueError("YES_NO_UNKNOWN")
