r"""A text file as blocks of whole lines in UTF-8, whatever its encoding and its line ends.

Every block ends with "\n" (the last one gets one if it lacks it): CRLF and lone CR become LF, as
Excel reads them; byte order marks, NUL bytes and a final Ctrl-Z of DOS files are dropped. So a
parser sees one kind of file, and memory stays flat.
"""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from crmclean.errors import InputRefused

FIRST, NEXT = 1 << 18, 1 << 20
MAX_LINE = 16 << 20  # bytes; trust.md 4.1
_BOM = "\ufeff".encode()


class Tally:
    """What was dropped or mended on the way: counts by code, for the notes."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, code: str, count: int) -> None:
        if count:
            self.counts[code] = self.counts.get(code, 0) + count


def blocks(path: Path, encoding: str, tally: Tally) -> Iterator[bytes]:
    """Blocks of whole lines. The first is small, so that an odd head costs little. Raises
    InputRefused for a line that is absurdly long."""
    return whole_lines(in_utf8(path, encoding, tally), path, tally)


def whole_lines(parts: Iterable[bytes], path: Path, tally: Tally) -> Iterator[bytes]:
    """The same of parts of a text file that are in UTF-8 already."""
    rest = b""
    for raw in parts:
        piece = rest + raw
        if b"\r" in piece:
            held = piece.endswith(b"\r")
            piece, tail = (piece[:-1], b"\r") if held else (piece, b"")
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        else:
            tail = b""
        cut = piece.rfind(b"\n") + 1
        rest = piece[cut:] + tail
        if len(rest) > MAX_LINE:
            raise InputRefused("FILE_UNSAFE_LINE", file=path.name)
        if cut:
            yield _plain(piece[:cut], tally)
    rest = _plain(rest.replace(b"\r", b"\n").rstrip(b"\x1a"), tally)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def pieces(block: bytes, lines: int) -> Iterator[bytes]:
    """A block in pieces of so many whole lines."""
    breaks = np.flatnonzero(np.frombuffer(block, np.uint8) == 10)
    start = 0
    for end in (*breaks[lines - 1 :: lines].tolist(), len(block) - 1):
        if end >= start:
            yield block[start : end + 1]
        start = end + 1


def _plain(block: bytes, tally: Tally) -> bytes:
    if b"\0" in block:
        tally.add("NUL_BYTES_DROPPED", block.count(b"\0"))
        block = block.replace(b"\0", b"")
    if _BOM in block:
        block = block.replace(_BOM, b"")
    return block


def in_utf8(path: Path, encoding: str, tally: Tally) -> Iterator[bytes]:
    """A text file in UTF-8, else as it is, in parts that end anywhere."""
    with path.open("rb") as file:
        if encoding == "utf-8":
            yield from _raw(file)
        elif encoding == "mixed":
            yield from (_by_line(block, tally) for block in _lines(file))
        else:
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            for raw in _raw(file):
                yield _replaced(decoder.decode(raw), tally)
            yield _replaced(decoder.decode(b"", True), tally)


def _replaced(text: str, tally: Tally) -> bytes:
    return text.encode("utf-8", "replace")


def _raw(file) -> Iterator[bytes]:
    size = FIRST
    while raw := file.read(size):
        yield raw
        size = NEXT


def _lines(file) -> Iterator[bytes]:
    rest = b""
    for raw in _raw(file):
        cut = raw.rfind(b"\n") + 1
        yield rest + raw[:cut]
        rest = raw[cut:]
    yield rest


def _by_line(block: bytes, tally: Tally) -> bytes:
    """Each line as UTF-8, else as GB18030, else with U+FFFD for what neither holds."""
    try:
        block.decode("utf-8")
        return block
    except UnicodeDecodeError:
        return b"\n".join(_line(line, tally) for line in block.split(b"\n"))


def _line(line: bytes, tally: Tally) -> bytes:
    try:
        line.decode("utf-8")
        return line
    except UnicodeDecodeError:
        pass
    try:
        mended = line.decode("gb18030").encode()
        tally.add("LINES_OF_OTHER_ENCODING", 1)
    except UnicodeDecodeError:
        mended = line.decode("gb18030", "replace").encode()
        tally.add("BYTES_LOST", 1)
    return mended
