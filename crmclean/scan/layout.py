"""Where the table begins: title rows, header rows (one or several, merged), instruction rows.

A header is the row, among the first ones, whose cells are many, different, short, and words rather
than values; known headings of the model count most. Every decision is told as evidence, and
`header_rows` in crmclean.yaml overrides it.
Cases: dirty-input.md L01, L02, L13-L15.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crmclean import headings
from crmclean.readers import Merge
from crmclean.scan import headers
from crmclean.scan.labels import across, filled, joined

HEAD = 60  # rows that are looked at
SEARCH = 30  # rows among which the header must be
MAX_HEADER_ROWS = 4
PLAUSIBLE = 0.4  # the score of a header of different words, none of them known

Row = headers.Row


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
    head: Sequence[Row],
    merges: Sequence[Merge],
    said: Sequence[int] | None,
    width: int,
    further: bool = False,
) -> Layout | None:
    """The layout of a table from its first rows, or None where no row can be a header. `further`:
    another table stands above, and this one begins with its title or header."""
    if said is not None:
        return _as_told(dict(head), merges, tuple(said), width)
    rows = [(number, cells) for number, cells in head if any(map(filled, cells))]
    scores = [headers.score(place, rows) for place in range(min(SEARCH, len(rows)))]
    places = _first_table(rows, scores, further)
    scored = sorted(((scores[place], -place) for place in places), reverse=True)
    scored = [s for n, s in enumerate(scored) if not n or rows[-s[1]][1] != rows[-scored[0][1]][1]]
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


def _first_table(rows: Sequence[Row], scores: Sequence[float], further: bool) -> range:
    """The rows among which the header of the first table must be, where it ends at a blank row;
    otherwise the header of another table further down could look better."""
    ends = [n for n in range(1, len(scores)) if rows[n][0] > rows[n - 1][0] + 1]
    for start, end in pairwise([0, *ends, len(scores)] if scores else ()):
        best = max(range(start, end), key=lambda place: scores[place])
        wide = max(3, sum(map(filled, rows[best][1])) / 2)
        full = [sum(map(filled, cells)) >= wide for _, cells in rows[best + 1 : end]]
        if scores[best] >= PLAUSIBLE and (further or sum(full) >= 2):
            return range(start, end)
    return range(len(scores))


def _as_told(
    rows: dict[int, list[str | None]], merges: Sequence[Merge], numbers: tuple[int, ...], width: int
) -> Layout:
    header = [(number, across(number, rows.get(number, []), merges, width)) for number in numbers]
    kinds = dict.fromkeys(numbers, "header")
    first = min(numbers, default=0)
    above = {n: "title" for n, cells in rows.items() if n < first and any(map(filled, cells))}
    return Layout(numbers, joined([cells for _, cells in header], width), {**above, **kinds})


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
    if _again(cells, rows[place + 1][1]):
        return True
    texts = [cell for cell in cells if filled(cell)]
    if len(set(texts)) < 2 or any(map(headers.is_value, texts)):
        return False
    spans = [merge for merge in merges if merge.top <= number <= merge.bottom]
    return any(m.right > m.left for m in spans) or any(m.bottom > number for m in spans)


def _continues(place: int, rows: Sequence[Row], merges: Sequence[Merge]) -> bool:
    """Whether the next row belongs to the header too: it stands under a merged group, beside
    cells merged downwards, or fills the gaps of a group row with headings."""
    number, cells = rows[place]
    below, under = rows[place + 1]
    texts = [cell for cell in under if filled(cell)]
    if below != number + 1 or not texts or any(map(headers.is_value, texts)):
        return False
    if any(m.top <= number < m.bottom for m in merges):
        return True
    wide = [m for m in merges if m.top == number == m.bottom and m.right > m.left]
    if wide:
        inside = [under[c - 1] for m in wide for c in range(m.left, m.right + 1) if c <= len(under)]
        outside = len(texts) - sum(map(filled, inside))
        return any(map(filled, inside)) and outside <= len(texts) / 2
    gaps = sum(filled(cell) and not _at(cells, p) for p, cell in enumerate(under))
    known = sum(map(headings.is_known, texts))
    return (gaps >= 1 and len(texts) >= 2 and known >= 0.8 * len(texts)) or _again(cells, under)


def _again(upper: Sequence[str | None], lower: Sequence[str | None]) -> bool:
    """Whether two rows are the same headings in two languages: both known, place by place."""
    pairs = [(a, b) for a, b in zip(upper, lower, strict=False) if filled(a) or filled(b)]
    both = [(a, b) for a, b in pairs if filled(a) and filled(b) and a != b]
    known = sum(headings.is_known(a) and headings.is_known(b) for a, b in both)
    return len(both) >= 3 and known >= 0.6 * len(pairs)


def _at(cells: Sequence[str | None], place: int) -> bool:
    return place < len(cells) and filled(cells[place])


def _evidence(row: Row, scored: Sequence[tuple[float, int]]) -> tuple[str, ...]:
    cells = [cell for cell in row[1] if filled(cell)]
    known = sum(map(headings.is_known, cells))
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
        told = sum(bool(headers.INSTRUCTION.search(text)) for text in texts)
        if not texts or told < max(1, len(texts) * 0.3):
            break
        kinds[number] = "note"
    return kinds
