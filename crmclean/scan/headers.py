"""How much a row looks like the header of a table: words, not values; known ones count most.

Cases: dirty-input.md L01, L13-L15.
"""

import re
from collections.abc import Sequence

from crmclean import headings
from crmclean.scan.labels import filled

Row = tuple[int, list[str | None]]

LONG = 24  # characters: a longer cell is a sentence, not a heading

_VALUE = re.compile(
    r"^[\s+]*(\d[\d\s\-/.,:()（）]*(元|万|%)?|\S+@\S+\.\S+|https?://\S+|\d{4}年.*|TRUE|FALSE)$"
)
_COMPANY = re.compile(r"(公司|集团|工厂|商行|中心|医院|学校|Ltd\.?|Inc\.?|LLC)$", re.I)
INSTRUCTION = re.compile(
    r"填写说明|示例|样例|例如|如：|例：|必填|选填|请填写|格式[:：]|填写|example|e\.g\.|required",
    re.I,
)


def score(place: int, rows: Sequence[Row]) -> float:
    """How much a row looks like a header: 0 is not at all, above 2 is certain."""
    cells = [cell for cell in rows[place][1] if filled(cell)]
    below = [sum(map(filled, row)) for _, row in rows[place + 1 : place + 40]]
    usual = sorted(below)[int(len(below) * 0.75)] if below else len(cells)
    if len(cells) < min(2, usual) or len(set(cells)) == 1 < len(cells):
        return 0.0
    values = sum(is_value(cell) for cell in cells) / len(cells)
    known = sum(headings.is_known(cell) for cell in cells) / len(cells)
    if values > 0.3 and known < 0.5:
        return 0.0
    short = sum(len(cell.strip()) <= LONG for cell in cells) / len(cells)
    distinct = len(set(cells)) / len(cells)
    coverage = min(1.0, len(cells) / max(usual, 1))
    fresh = 1.0 - _repeats(cells, rows, place)
    instruction = sum(bool(INSTRUCTION.search(cell)) and len(cell) > 8 for cell in cells)
    labels = sum(cell.rstrip().endswith((":", "：")) for cell in cells) / len(cells)
    found = (0.6 + 2.0 * known) * coverage * short * distinct * (1 - values)
    found *= 0.3 if 0.3 < labels < 0.8 else 1.0  # 客户：甲公司, a line of a form
    return found * (0.7 + 0.3 * fresh) * (0.4 if instruction > len(cells) / 3 else 1.0)


def _repeats(cells: list[str], rows: Sequence[Row], place: int) -> float:
    """The share of cells that stand again in the rows below: values repeat, headings do not."""
    under = [row for _, row in rows[place + 1 : place + 40] if not _same(cells, row)]
    below = {cell for row in under for cell in row if cell}
    return sum(cell in below for cell in cells) / len(cells)


def _same(cells: list[str], row: Sequence[str | None]) -> bool:
    """Whether a row is the same header again."""
    return sum(cell in row for cell in cells) >= 0.8 * len(cells)


def is_value(cell: str) -> bool:
    """Whether a cell is a number, a date, an address of some kind or a company: no heading."""
    return bool(_VALUE.match(cell.strip()) or _COMPANY.search(cell.strip()))
