"""Which encoding a text file is in, decided over the whole file and restricted to what occurs.

Detectors that guess among all the world's encodings call a short GBK file Korean and give up after
170 kB of ASCII, so the candidates are few and the order fixed: BOM, UTF-16 pattern, strict UTF-8,
then GB18030 against Big5 and cp1252 by the share of common characters, and "mixed" where single
lines are UTF-8 and others are not (two exports concatenated). GB18030 is the superset in which
gb2312 and gbk files are read: the narrow codecs refuse characters of real names.
Source: dirty-input.md C01-C05 (measured error rates there).
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean.errors import InputRefused

CHUNK = 1 << 20
SAMPLE = 1 << 18
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CJK = re.compile("[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True)
class Encoding:
    """`name`: utf-8, gb18030, utf-16-le, utf-16-be, big5, cp1252… or mixed (per line: UTF-8, else
    GB18030). `evidence`: why."""

    name: str
    evidence: str


def decide(path: Path) -> Encoding:
    """The encoding of a text file."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for bom, name in BOMS:
        if head.startswith(bom):
            if name == "utf-8" and not _decodes(path, name):
                return Encoding("mixed", "BOM, but not every byte is UTF-8")
            return Encoding(name, "BOM")
    wide = _utf16(head)
    if wide:
        return Encoding(wide, "every second byte is 0")
    if _decodes(path, "utf-8"):
        return _trusted_utf8(head)
    return _legacy(path)


def known(name: str) -> str:
    """The name Python knows an encoding of the project file by; gbk and gb2312 become gb18030.

    Raises InputRefused for an unknown one."""
    if name.lower() == "mixed":
        return "mixed"
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise InputRefused("ENCODING_UNKNOWN", encoding=name) from error
    plain = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8", "ascii": "utf-8"}
    if found == "utf-16":
        return "utf-16-le"
    return plain.get(found, found)


def _utf16(head: bytes) -> str | None:
    even, odd = head[0:2000:2], head[1:2000:2]
    if len(odd) < 2:
        return None
    zeros = even.count(0) / len(even), odd.count(0) / len(odd)
    if zeros[1] > 0.2 and zeros[0] < 0.05:
        return "utf-16-le"
    if zeros[0] > 0.2 and zeros[1] < 0.05:
        return "utf-16-be"
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _decodes(path: Path, name: str) -> bool:
    if name == "utf-8":
        return all(map(_is_utf8, _whole_characters(path)))
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _whole_characters(path: Path) -> Iterator[bytes]:
    """The file in chunks that cut no character of UTF-8: the last one waits for the next chunk."""
    rest = b""
    for chunk in _chunks(path):
        chunk = rest + chunk
        begins = (
            len(chunk) - n for n in range(1, min(len(chunk), 4) + 1) if chunk[-n] & 0xC0 != 0x80
        )
        cut = next(begins, len(chunk))
        yield chunk[:cut]
        rest = chunk[cut:]
    yield rest


def _is_utf8(text: bytes) -> bool:
    """By Arrow, which makes no text of it: five times as fast as decoding."""
    edges = pa.py_buffer(np.array([0, len(text)], np.int64))
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, edges, pa.py_buffer(text)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _trusted_utf8(head: bytes) -> Encoding:
    """UTF-8, unless it is one of the rare GBK texts that are valid UTF-8 too (联通): none of those
    holds a Chinese character when it is read as UTF-8."""
    text = head.decode("utf-8", "ignore")
    high = [char for char in text if char > "\x7f"]
    if high and len(head) < SAMPLE and not any(map(_CJK.match, high)):
        try:
            other = head.decode("gb18030")
        except UnicodeDecodeError:
            return Encoding("utf-8", "strict UTF-8 over the whole file")
        if common_share(other, "gb2312", 0xD7) > 0.7:
            return Encoding("gb18030", "valid UTF-8 too, but only GB18030 gives Chinese")
    return Encoding("utf-8", "strict UTF-8 over the whole file" if high else "ASCII only")


def _legacy(path: Path) -> Encoding:
    sample = _high_sample(path)
    if _has_utf8_lines(path):
        return Encoding("mixed", "some lines are UTF-8, others are not")
    simplified = common_share(sample.decode("gb18030", "replace"), "gb2312", 0xD7)
    traditional = common_share(sample.decode("cp950", "replace"), "big5", 0xC6)
    if traditional > simplified + 0.1 and _decodes(path, "cp950"):
        return Encoding("cp950", f"common characters: Big5 {traditional:.0%}, GB {simplified:.0%}")
    if simplified < 0.4 and _lonely(sample) > 0.6:
        return Encoding("cp1252", "single accented letters between ASCII letters")
    evidence = f"not UTF-8; {simplified:.0%} common characters as GB18030"
    if _decodes(path, "gb18030"):
        return Encoding("gb18030", evidence)
    return Encoding("mixed", evidence + ", but some bytes fit neither")


def _high_sample(path: Path) -> bytes:
    """Lines with non-ASCII bytes from the first such places of the file."""
    found: list[bytes] = []
    size = 0
    for chunk in _chunks(path):
        if chunk.isascii():
            continue
        for line in chunk.split(b"\n")[1 if found else 0 :]:
            if not line.isascii():
                found.append(line)
                size += len(line)
            if size > SAMPLE:
                return b"\n".join(found)
    return b"\n".join(found)


def _has_utf8_lines(path: Path) -> bool:
    """Whether some whole line (near the edges of each chunk) is UTF-8 with Chinese in it, in a
    file that is not UTF-8."""
    for chunk in _chunks(path):
        lines = chunk.split(b"\n")
        for line in lines[1:400] + lines[-400:-1] if len(lines) > 800 else lines[:-1] or lines:
            if not line.isascii() and _is_utf8_chinese(line):
                return True
    return False


def _is_utf8_chinese(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(_CJK.findall(text)) >= 2


def common_share(text: str, codec: str, last_lead: int) -> float:
    """The share of common characters (level 1 of the codec's table) among the non-ASCII ones.

    >>> round(common_share("北京某某公司", "gb2312", 0xD7), 2)
    1.0
    """
    high = [char for char in text if char > "\x7f"]
    if not high:
        return 0.0
    encoded = ("".join(high)).encode(codec, "replace")
    first = 0xB0 if codec == "gb2312" else 0xA4
    pairs = re.findall(rb"[\x80-\xff][\x40-\xff]", encoded)
    punctuation = sum(pair[0] in (0xA1, 0xA3) for pair in pairs)
    return (sum(first <= pair[0] <= last_lead for pair in pairs) + punctuation / 2) / len(high)


def _lonely(sample: bytes) -> float:
    runs = _HIGH_RUN.findall(sample)
    return sum(len(run) == 1 for run in runs) / len(runs) if runs else 0.0


def of_sample(sample: bytes) -> str:
    """The encoding of some text that is not a file of its own (DBF fields, vCard values)."""
    try:
        sample.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if error.start > len(sample) - 4 and _CJK.search(sample[: error.start].decode("utf-8")):
            return "utf-8"
    simplified = common_share(sample.decode("gb18030", "replace"), "gb2312", 0xD7)
    traditional = common_share(sample.decode("cp950", "replace"), "big5", 0xC6)
    return "cp950" if traditional > simplified + 0.1 else "gb18030"
