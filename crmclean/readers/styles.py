"""What the formats of a workbook's cells say beyond the value: leading zeros, and strokes through it.

A code 755 shown as 00755 is 00755 to everybody who sees it; a customer who is struck out is one that
somebody meant to drop, and no cell says so.
Source: ECMA-376 part 1, 18.8.30 (number formats), 18.8.10 (cell formats), 18.4.10 (strike).
"""

import re
import zipfile
from dataclasses import dataclass, field

PADDED = re.compile(r"^(?:\[[^\]]*\])?0{2,}$")
_PADDED_SOMEWHERE = re.compile(rb'formatCode=["\'](?:\[[^\]]*\])?0{2,}["\']')


@dataclass(frozen=True)
class Styles:
    """Cell styles by their number: how many digits a zero-padded format shows, and those that
    strike the text out."""

    padded: dict[str, int] = field(default_factory=dict)
    struck: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.padded or self.struck)

    @property
    def marks(self) -> list[bytes]:
        """How cells of these styles begin."""
        return [f' s="{style}"'.encode() for style in (*self.padded, *self.struck)]


NONE = Styles()


def read(package: zipfile.ZipFile) -> Styles:
    """The styles of a workbook that say more than the value."""
    from crmclean.readers.sheetxml import parsed

    content = package.read("xl/styles.xml")
    padded, struck = _PADDED_SOMEWHERE.search(content), b"strike" in content
    if not (padded or struck):
        return NONE
    tree = parsed(content)
    formats = list(tree.iterfind("{*}cellXfs/{*}xf"))
    return Styles(_padded(tree, formats) if padded else {}, _struck(tree, formats))


def _padded(tree, formats: list) -> dict[str, int]:
    codes = {n.get("numFmtId"): n.get("formatCode", "") for n in tree.iter("{*}numFmt")}
    digits = {key: code.count("0") for key, code in codes.items() if PADDED.match(code)}
    found = ((str(place), node.get("numFmtId")) for place, node in enumerate(formats))
    return {place: digits[key] for place, key in found if key in digits}


def _struck(tree, formats: list) -> frozenset[str]:
    fonts = tree.iterfind("{*}fonts/{*}font")
    struck = {
        str(place)
        for place, font in enumerate(fonts)
        if (mark := font.find("{*}strike")) is not None
        and mark.get("val", "1") not in ("0", "false")
    }
    places = enumerate(formats)
    return frozenset(str(place) for place, node in places if node.get("fontId") in struck)
