"""Invented people who must not be found in anything that is masked.

Every canary has a name, mobile, identity number, mail, chat name and address that occur nowhere
else. Each kind carries a marker in the part that masking hides, so that one search for the marker,
in every encoding, finds any of the two hundred; whole secrets are sought as well.
"""

import base64
import re
from urllib.parse import quote

import report_packs

COUNT = 200
ROUNDS = "东南西北春夏秋冬"
#: What stands in the hidden part of every secret of a kind.
MARKERS = {
    "name": "龘",
    "mobile": "1667007",
    "resident_id": "110105197",
    "email": "zephyr",
    "wechat": "quokka",
    "address": "鸫雀胡同",
}
CHECK, WEIGHTS = "10X98765432", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def canaries(count: int = COUNT) -> list[dict[str, str]]:
    """Invented people; the syllables of their names stand together nowhere else."""
    return [
        {
            "name": f"阚{ROUNDS[n % 8]}龘{chr(0x9F00 + n)}"[: 4 - n % 2],
            "mobile": f"1667007{7919 * (n + 1) % 10000:04d}",
            "resident_id": _identity(n),
            "email": f"canary.{n:03d}.zephyr@qq.com",
            "wechat": f"wx_canary_{n:03d}_quokka",
            "address": f"北京市海淀区鸫雀胡同{n}号院{n + 3}单元",
        }
        for n in range(count)
    ]


def _identity(n: int) -> str:
    """A number of the right form; its check digit is right for every second person."""
    body = f"110105197{n % 10}0{1 + n % 9}1{n % 10}{n:03d}"
    total = sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True))
    return body + CHECK[(total + n % 2) % 11]


def forms(secret: str) -> set[bytes]:
    """The secret as it may lie in a file: encoded, escaped, percent, entities, hex, base64. Four hex
    digits would be found by chance in the digests of a manifest."""
    raws = {secret.encode(code) for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
    texts = {quote(secret), quote(secret, encoding="gb18030")}
    texts |= {secret.encode("unicode_escape").decode()}
    texts |= {"".join(f"&#{ord(c)};" for c in secret), "".join(f"&#x{ord(c):x};" for c in secret)}
    texts |= {raw.hex() for raw in raws if len(raw) > 2} | {text.lower() for text in texts}
    return raws | {text.encode() for text in texts} | {b for raw in raws for b in _base64(raw)}


def _base64(raw: bytes) -> set[bytes]:
    """What base64 makes of it at each of its three places in a longer text; short rests would be
    found by chance."""
    found = set()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw + b"\0" * (-(len(raw) + before) % 3))
        found.add(whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6])
    return {form for form in found if len(form) >= 5}


def unpacked(html: str) -> str:
    """A page with its packed tables opened."""
    packs = report_packs.bytes_of(html)
    return html + "".join(pack.decode("utf-8", "replace") for pack in packs)


def found(people: list[dict[str, str]], haystack: str | bytes) -> list[str]:
    """The secrets, and the markers in any form, that occur in the haystack."""
    raw = haystack if isinstance(haystack, bytes) else haystack.encode("utf-8", "replace")
    hits = [kind for kind, marker in MARKERS.items() if any(f in raw for f in forms(marker))]
    hits += [s for person in people for s in person.values() if s.encode() in raw]
    digits = re.sub(rb"\D", b"", raw)
    return hits + [person["mobile"] for person in people if person["mobile"].encode() in digits]
