"""Web addresses: half-width, scheme and host in lower case; a scheme is never invented

Source: RFC 3986.

>>> clean("ＷＷＷ.Example。com"), clean("Http：//www.example.com/ "), clean("https://example.cn/A?b=1")
('www.example.com', 'http://www.example.com', 'https://example.cn/A?b=1')
>>> clean("http:/www.example.com")
'http://www.example.com'
>>> clean("公司官网")
Traceback (most recent call last):
ValueError: URL_INVALID
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters

_HOST = r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
FORM = rf"(?:https?://)?{_HOST}(?::[0-9]{{1,5}})?(?:[/?#][!-~]*)?"
_LABEL = re.compile("^([\u4e00-\u9fff]+) ?:? ?(?=[A-Za-z0-9])")
_HEADING = re.compile("(?:公司|企业|单位|官方)?(?:官网|网址|网站|主页|首页|网页|域名)(?:地址)?")
_CUT = re.compile(
    r"(?:(https?)(?:[:;]?[/\\]{1,4}|:))?([^/?#:;\\]+(?::[0-9]{1,5})?)([/?#].*)?", re.I
)


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """A host with nothing but a slash behind it; entities."""
    bare = rf"\A(?:https?://)?{_HOST}(?::[0-9]{{1,5}})?/\z"
    return pc.match_substring_regex(values, rf"{bare}|{_characters.SUSPECT}")


def clean(text: str, /, **_: object) -> str | Parts:
    """The address; other words than its heading become a part. Raises ValueError URL_INVALID."""
    plain = _characters.narrow(text).strip("<>\"'，。；、,;. ")
    label = _LABEL.match(plain)
    found = _address(plain[label.end() :] if label else plain)
    if label is None or _HEADING.fullmatch(label[1]):
        return found
    return Parts({"": found, "remark": label[1]})


def _address(plain: str) -> str:
    plain = re.sub(r" *([.:/。]) *", r"\1", plain)
    hit = _CUT.fullmatch(plain)
    if hit is None:
        raise ValueError("URL_INVALID")
    scheme, host, path = hit.groups()
    host = host.replace("。", ".").lower()
    found = (
        (f"{scheme.lower()}://" if scheme else "") + host + ("" if path in (None, "/") else path)
    )
    if not re.fullmatch(FORM, found):
        raise ValueError("URL_INVALID")
    return found
