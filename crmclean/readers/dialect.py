"""How a delimited text file is cut into cells: an own vote over few candidates.

csv.Sniffer fails on full-width delimiters, ragged files and `="0138"`; a delimiter here is what
gives the same number of cells on most of the first 200 lines (dirty-input.md C09, C10, C13). Lines
that a cell with line breaks takes are counted as the one record that they are.
Where no candidate does, clevercsv gives a second opinion: slow, so only then, and on little.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

CANDIDATES = ("\t", ",", ";", "|", "，", "；", "\x01", "\x1f", "^", "$", "~", "||", "、", ":")
#: Delimiters that also stand inside prose win only with more columns and near-perfect agreement.
DOUBTFUL = ("、", ":", "，", "；")
LINES = 200
#: A vote below this is no clear one: then clevercsv is asked, on so many characters.
SURE, OPINION = 0.6, 20_000
_IN_CELLS = re.compile(r"[\w\s。，.·\-/()（）\"'“”《》：?？!！@+=]")
_ESCAPE = re.compile(r'\\"(?=[^,;|\t])')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
#: So many lines of the head may one record take.
TALL = 50


@dataclass(frozen=True)
class Dialect:
    """`width`: the number of cells most lines have. `skip`: lines before the table (`sep=;`)."""

    delimiter: str
    width: int
    backslash: bool = False
    skip: int = 0
    evidence: str = ""


def decide(head: str, delimiter: str | None = None) -> Dialect:
    r"""The dialect of a text from its first lines.

    >>> decide("a;b;c\n1;2,5;3\n").delimiter, decide("姓名，电话\n张三，138\n李四，139\n").delimiter
    (';', '，')
    """
    lines = head.split("\n")
    skip = 0
    said = re.match(r"sep=(.)\s*$", lines[0], re.I)
    if said:
        skip, delimiter = 1, delimiter or said[1]
    lines = [line for line in lines[skip : skip + LINES] if line.strip()]
    backslash = _escapes(lines)
    if delimiter:
        width = _vote(_bare(lines, delimiter, backslash), delimiter)[1]
        return Dialect(delimiter, width, backslash, skip, "sep= line" if said else "as told")
    score, width, best = max(
        ((*_vote(_bare(lines, each, backslash), each), each) for each in CANDIDATES),
        key=lambda vote: (vote[0], -CANDIDATES.index(vote[2])),
    )
    if score < SURE:
        other = _second_opinion(lines)
        theirs = _vote(_bare(lines, other, backslash), other) if other else (0.0, 1)
        if other and theirs[0] > max(score, SURE):
            width = theirs[1]
            return Dialect(other, width, backslash, skip, f"{other!r}: clevercsv's opinion")
    if score == 0:
        return Dialect(",", 1, backslash, skip, "no delimiter: one column")
    evidence = f"{best!r} cuts most of the first {len(lines)} lines into {width} cells"
    return Dialect(best, width, backslash, skip, evidence)


def _bare(lines: list[str], delimiter: str, backslash: bool) -> list[str]:
    """The records that lines hold, without what stands in quotes."""
    if backslash:
        lines = [line.replace('\\"', "") for line in lines]
    odd = [line.count('"') % 2 == 1 for line in lines]
    if any(odd):
        lines = list(_records(lines, odd, re.escape(delimiter)))
    return [_QUOTED.sub("", line) for line in lines]


def _records(lines: list[str], odd: list[bool], mark: str) -> Iterator[str]:
    """Lines, those of a cell that goes on over several in one. A quote that was lost joins nothing:
    one begins at the edge of a cell and ends at one. `odd`: lines with an odd number of quotes."""
    begins = re.compile(rf'(?:^|{mark})"[^"]*$')
    ends = re.compile(rf'^(?:[^"]|"")*"(?:{mark}|$)')
    at = 0
    while at < len(lines):
        end = at
        if odd[at] and begins.search(_QUOTED.sub("", lines[at])):
            last = next((n for n in range(at + 1, min(at + TALL, len(lines))) if odd[n]), at)
            end = last if ends.match(lines[last]) else at
        yield "\n".join(lines[at : end + 1])
        at = end + 1


def _vote(lines: list[str], delimiter: str) -> tuple[float, int]:
    if delimiter == "|" and all(line.count("|") == 2 * line.count("||") for line in lines):
        return 0.0, 1
    counts = Counter(line.count(delimiter) + 1 for line in lines)
    wide = {width: votes for width, votes in counts.items() if width > 1}
    if not wide:
        return 0.0, 1
    width, votes = max(wide.items(), key=lambda item: (item[1], item[0]))
    agreement = votes / len(lines)
    if delimiter in DOUBTFUL and (agreement < 0.9 or (width < 3 and delimiter == ":")):
        return 0.0, 1
    doubt = 0.5 if delimiter in DOUBTFUL else 1.0
    return agreement * agreement * min(width, 8) ** 0.25 * doubt, width


def _second_opinion(lines: list[str]) -> str | None:
    """A delimiter that is none of the candidates, or None. Letters, digits, blanks and the marks of
    sentences and numbers are not believed: they stand in cells."""
    import clevercsv

    text = "\n".join(lines)[:OPINION].replace("\0", "")
    try:
        found = clevercsv.Detector().detect(text, delimiters=None)
    except Exception:  # a second opinion may fail, whatever the reason: the vote stands
        return None
    delimiter = found.delimiter if found else ""
    return delimiter if delimiter and not _IN_CELLS.match(delimiter) else None


def _escapes(lines: list[str]) -> bool:
    """Whether quotes are escaped by a backslash. One before the end of a cell proves nothing:
    the cell may end with a backslash."""
    inside = sum(len(_ESCAPE.findall(line)) for line in lines)
    return inside > sum(line.count('""') for line in lines)
