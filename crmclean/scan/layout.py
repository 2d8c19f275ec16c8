"""Where the table begins: title rows, header rows (one or several, merged), instruction rows.

A header is the row, among the first ones, whose cells are many, different, short, and words rather
than values; known headings of the model count most. Every decision is told as evidence, and
`header_rows` in crmclean.yaml overrides it.
Cases: dirty-input.md L01, L02, L13-L15.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from crmclean.headings import plain
from crmclean.model import shipped_model
from crmclean.readers import Merge
from crmclean.scan.labels import across, filled, joined

HEAD = 60  # rows that are looked at
SEARCH = 30  # rows among which the header must be
MAX_HEADER_ROWS = 4
LONG = 24  # characters: a longer cell is a sentence, not a heading

Row = tuple[int, list[str | None]]

_VALUE = re.compile(
    r"^[\s+]*(\d[\d\s\-/.,:()（）]*(元|万|%)?|\S+@\S+\.\S+|https?://\S+|\d{4}年.*|TRUE|FALSE)$"
)
_COMPANY = re.compile(r"(公司|集团|工厂|商行|中心|医院|学校|Ltd\.?|Inc\.?|LLC)$", re.I)
_INSTRUCTION = re.compile(
    r"填写说明|示例|样例|例如|如：|例：|必填|选填|请填写|格式[:：]|填写|example|e\.g\.|required",
    re.I,
)


@dataclass(frozen=True)
class Layout:
    """The header rows (none: the sheet has no header), one heading per column, the kinds of the
    rows around the header, why, and whether a person should look (`sure`)."""

    header_rows: tuple[int, ...]
    headings: tuple[str, ...]
    kinds: dict[int, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    sure: bool = True


def decide(
    head: Sequence[Row], merges: Sequence[Merge], said: Sequence[int] | None, width: int
) -> Layout | None:
    """The layout of a sheet from its first rows, or None where no row can be a header."""
    if said is not None:
        return _as_told(dict(head), merges, tuple(said), width)
    rows = [(number, cells) for number, cells in head if any(map(filled, cells))]
    places = range(min(SEARCH, len(rows)))
    scored = sorted(((_score(place, rows), -place) for place in places), reverse=True)
    if not scored or scored[0][0] <= 0:
        return None
    best = -scored[0][1]
    header = _grow(best, rows, merges)
    layout = _as_told(dict(head), merges, tuple(rows[place][0] for place in header), width)
    kinds = {**layout.kinds, **_instructions(rows[header[-1] + 1 :])}
    runner = scored[1][0] if len(scored) > 1 else 0.0
    sure = scored[0][0] >= 1.5 and (runner < scored[0][0] - 0.15 or -scored[1][1] in header)
    evidence = _evidence(rows[best], scored)
    return Layout(layout.header_rows, layout.headings, kinds, evidence, sure)


def _as_told(
    rows: dict[int, list[str | None]], merges: Sequence[Merge], numbers: tuple[int, ...], width: int
) -> Layout:
    header = [(number, across(number, rows.get(number, []), merges, width)) for number in numbers]
    kinds = dict.fromkeys(numbers, "header")
    first = min(numbers, default=0)
    above = {n: "title" for n, cells in rows.items() if n < first and any(map(filled, cells))}
    return Layout(numbers, joined([cells for _, cells in header], width), {**above, **kinds})


def _score(place: int, rows: Sequence[Row]) -> float:
    """How much a row looks like a header: 0 is not at all, above 2 is certain."""
    cells = [cell for cell in rows[place][1] if filled(cell)]
    below = [sum(map(filled, row)) for _, row in rows[place + 1 : place + 40]]
    usual = sorted(below)[int(len(below) * 0.75)] if below else len(cells)
    if len(cells) < min(2, usual) or len(set(cells)) == 1 < len(cells):
        return 0.0
    values = sum(_is_value(cell) for cell in cells) / len(cells)
    known = sum(_is_known(cell) for cell in cells) / len(cells)
    if values > 0.3 and known < 0.5:
        return 0.0
    short = sum(len(cell.strip()) <= LONG for cell in cells) / len(cells)
    distinct = len(set(cells)) / len(cells)
    coverage = min(1.0, len(cells) / max(usual, 1))
    fresh = 1.0 - _repeats(cells, rows, place)
    instruction = sum(bool(_INSTRUCTION.search(cell)) and len(cell) > 8 for cell in cells)
    score = (0.6 + 2.0 * known) * coverage * short * distinct * (1 - values)
    return score * (0.7 + 0.3 * fresh) * (0.4 if instruction > len(cells) / 3 else 1.0)


def _repeats(cells: list[str], rows: Sequence[Row], place: int) -> float:
    """The share of cells that stand again in the rows below: values repeat, headings do not."""
    under = [row for _, row in rows[place + 1 : place + 40] if not _same(cells, row)]
    below = {cell for row in under for cell in row if cell}
    return sum(cell in below for cell in cells) / len(cells)


def _same(cells: list[str], row: Sequence[str | None]) -> bool:
    """Whether a row is the same header again."""
    return sum(cell in row for cell in cells) >= 0.8 * len(cells)


def _is_value(cell: str) -> bool:
    return bool(_VALUE.match(cell.strip()) or _COMPANY.search(cell.strip()))


def _is_known(cell: str) -> bool:
    return plain(cell) in _known()


def known_words() -> frozenset[str]:
    """Headings of the model as they are written."""
    owners = shipped_model().values()
    fields = [known for owner in owners for known in owner.fields.values()]
    return frozenset(w for known in fields for w in (*known.label.values(), *known.aliases))


@cache
def _known() -> frozenset[str]:
    more = {"序号", "编号", "姓名", "日期", "no", "id"}
    return frozenset(plain(word) for word in known_words() | more)


def _grow(best: int, rows: Sequence[Row], merges: Sequence[Merge]) -> list[int]:
    """The header rows around the best one: group rows above it, rows under merged groups."""
    found = [best]
    while found[0] > 0 and len(found) < MAX_HEADER_ROWS and _groups(found[0] - 1, rows, merges):
        found.insert(0, found[0] - 1)
    while (
        found[-1] + 1 < len(rows)
        and len(found) < MAX_HEADER_ROWS
        and _continues(found[-1], rows, merges)
    ):
        found.append(found[-1] + 1)
    return found


def _groups(place: int, rows: Sequence[Row], merges: Sequence[Merge]) -> bool:
    """Whether a row holds group headings over the next one: several, merged across or upright."""
    number, cells = rows[place]
    if rows[place + 1][0] - number > 1:
        return False
    texts = [cell for cell in cells if filled(cell)]
    if len(set(texts)) < 2 or any(map(_is_value, texts)):
        return False
    spans = [merge for merge in merges if merge.top <= number <= merge.bottom]
    return any(m.right > m.left for m in spans) or any(m.bottom > number for m in spans)


def _continues(place: int, rows: Sequence[Row], merges: Sequence[Merge]) -> bool:
    """Whether the next row belongs to the header too: it stands under a merged group, beside
    cells merged downwards, or fills the gaps of a group row with headings."""
    number, cells = rows[place]
    below, under = rows[place + 1]
    texts = [cell for cell in under if filled(cell)]
    if below != number + 1 or not texts or any(map(_is_value, texts)):
        return False
    if any(m.top <= number < m.bottom for m in merges):
        return True
    wide = [m for m in merges if m.top == number == m.bottom and m.right > m.left]
    if wide:
        inside = [under[c - 1] for m in wide for c in range(m.left, m.right + 1) if c <= len(under)]
        outside = len(texts) - sum(map(filled, inside))
        return any(map(filled, inside)) and outside <= len(texts) / 2
    gaps = sum(filled(cell) and not _at(cells, p) for p, cell in enumerate(under))
    known = sum(map(_is_known, texts))
    return gaps >= 1 and len(texts) >= 2 and known >= 0.8 * len(texts)


def _at(cells: Sequence[str | None], place: int) -> bool:
    return place < len(cells) and filled(cells[place])


def _evidence(row: Row, scored: Sequence[tuple[float, int]]) -> tuple[str, ...]:
    cells = [cell for cell in row[1] if filled(cell)]
    known = sum(map(_is_known, cells))
    runner = f"; next best {scored[1][0]:.2f}" if len(scored) > 1 else ""
    return (
        f"header: row {row[0]}, {known} of {len(cells)} cells are known headings",
        f"header score {scored[0][0]:.2f}{runner}",
    )


def _instructions(rows: Sequence[Row]) -> dict[int, str]:
    """Rows right under the header that explain how to fill the sheet."""
    kinds: dict[int, str] = {}
    for number, cells in rows[:3]:
        texts = [cell for cell in cells if filled(cell)]
        told = sum(bool(_INSTRUCTION.search(text)) for text in texts)
        if not texts or told < max(1, len(texts) * 0.3):
            break
        kinds[number] = "note"
    return kinds
