"""Which files become one entry of `sources`: the same headings under names of one pattern."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from crmclean import headings
from crmclean.plan import Plan, Source


@dataclass(frozen=True)
class Entry:
    """Sources that become one entry of `sources`: the same headings, names of one pattern."""

    path: str
    sources: tuple[Source, ...]


def grouped(plan: Plan) -> list[Entry]:
    """The sources of a plan, those of equal headings and like names together, in order."""
    alike: dict[tuple, list[Source]] = {}
    for source in plan.sources:
        if source.columns:
            path = PurePosixPath(source.path.replace("\\", "/"))
            marks = headings.fingerprint(column.heading for column in source.columns)
            alike.setdefault(
                (path.parent, path.suffix, source.page, source.hidden, marks), []
            ).append(source)
    paths = {source.path for source in plan.sources}
    entries = []
    for group in alike.values():
        pattern = _pattern([source.path for source in group])
        others = paths - {source.path for source in group}
        if pattern and not any(fnmatchcase(path, pattern) for path in others):
            entries.append(Entry(pattern, tuple(group)))
        else:
            entries += [Entry(source.path, (source,)) for source in group]
    return sorted(entries, key=lambda entry: entry.sources[0].number)


def _pattern(paths: list[str]) -> str | None:
    """`客户_*.xlsx` for files whose names share a beginning of two characters; one path as it is."""
    if len(set(paths)) == 1:
        return paths[0]
    folder = paths[0].replace("\\", "/").rpartition("/")[0]
    names = [path.replace("\\", "/").rpartition("/")[2] for path in paths]
    start = _common(names)
    end = _common([name[len(start) :][::-1] for name in names])[::-1]
    if len(start) < 2 or any(character in start + end for character in "*?["):
        return None
    return (f"{folder}/" if folder else "") + f"{start}*{end}"


def _common(names: list[str]) -> str:
    low, high = min(names), max(names)
    size = next(
        (n for n, pair in enumerate(zip(low, high, strict=False)) if len(set(pair)) > 1), len(low)
    )
    return low[:size]
