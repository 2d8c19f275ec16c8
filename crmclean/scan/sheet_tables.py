"""The tables on one sheet: side by side from left to right, and in each of those one below another."""

from collections.abc import Iterator
from dataclasses import replace

from crmclean import project
from crmclean.readers import File, Sheet
from crmclean.scan import layout as layouts
from crmclean.scan import spans
from crmclean.scan.beginnings import Stream, as_rows, within
from crmclean.scan.survey import Survey


def tables_of(file: File, sheet: Sheet, entry: project.Source) -> Iterator[Survey]:
    """The survey of each table on a sheet. Raises InputRefused where a table has no header."""
    stream = Stream(sheet.batches())
    areas, unsure = _areas(stream, sheet, entry)
    named = (entry.sheet or "").removeprefix(sheet.name)
    number = 1
    for place, area in enumerate(areas):
        if area:
            stream = Stream(within(Stream(sheet.batches()) if place else stream, area))
        for survey in _one_below_another(file, _part(sheet, area), entry, stream, named, number):
            survey.span = area
            if unsure:
                survey.found.append((None, None, "TABLES_SIDE_BY_SIDE", unsure))
            yield survey
            number += 1


def _areas(
    stream: Stream, sheet: Sheet, entry: project.Source
) -> tuple[list[spans.Span | None], str]:
    """The columns of each table side by side (None: all), and what may be one but is not sure."""
    if sheet.headed:
        return [None], ""
    head = stream.head()
    rows = as_rows(head, layouts.HEAD)
    width = max((len(part.schema.names) - 1 for part in head), default=0)
    said = None if "@" in (entry.sheet or "") else entry.header_rows
    found = layouts.decide(rows, sheet.merges, said, width)
    if found is None or not found.header_rows:
        return [None], ""
    areas = spans.spans(rows, found, entry.layout)
    if areas or entry.layout == "one_table":
        return areas or [None], ""
    return [None], spans.apart(rows, found)


def _part(sheet: Sheet, area: spans.Span | None) -> Sheet:
    """The sheet as if it had only these columns."""
    if area is None:
        return sheet
    left, right = area
    merges = (m for m in sheet.merges if left <= m.left and m.right <= right)
    return replace(
        sheet,
        merges=tuple(replace(m, left=m.left - left + 1, right=m.right - left + 1) for m in merges),
        hidden_columns=frozenset(n - left + 1 for n in sheet.hidden_columns if left <= n <= right),
    )


def _one_below_another(
    file: File, sheet: Sheet, entry: project.Source, stream: Stream, named: str, number: int
) -> Iterator[Survey]:
    """The tables of a stream of rows; what is said of the header holds for the one that the entry
    names, else for the first."""
    elsewhere = entry.model_copy(update={"header_rows": None})
    first, more = number, True
    while more:
        meant = named == f"@{number}" or (number == first and not named)
        survey = Survey(file.path.name, sheet, entry if meant else elsewhere, number > first)
        more = survey.run(stream)
        if survey.counts():
            yield survey
            number += 1
