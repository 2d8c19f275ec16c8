"""What every column of a legacy file suffers, and what a kind of value is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

#: A text as a cell has it, or (text, words beside the value that must not be lost).
Written = str | tuple[str, str]
Way = Callable[[str, Random], Written]
WIDE = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}


@dataclass(frozen=True)
class Kind:
    """`field` is the path of the column; `reads` what should stand in which field for a truth."""

    field: str
    make: Callable[[Random], str]
    ways: dict[str, Way]
    lost: dict[str, Way]
    unit: str | None = None
    options: dict[str, object] = field(default_factory=dict)
    reads: Callable[[str], dict[str, str]] | None = None
    #: The cell itself is the value and stays: `reads` are fields beside it.
    beside: bool = False

    def expected(self, truth: str) -> dict[str, str]:
        return self.reads(truth) if self.reads else {self.field: truth}


def form(*forms: str) -> Way:
    """One of several patterns with the value at {}."""
    return lambda text, rng: rng.choice(forms).format(text)


def noted(pattern: str, *words: str) -> Way:
    """The value at {0} and a word beside it at {1}, which must be found again."""

    def write(text: str, rng: Random) -> Written:
        word = rng.choice(words)
        return pattern.format(text, word), word

    return write


def joined(sign: str, *cuts: int) -> Way:
    """Cut at places, a sign between the pieces."""
    return lambda text, rng: sign.join(text[a:b] for a, b in pairwise([0, *cuts, len(text)]))


def inside(*signs: str) -> Way:
    """A sign anywhere, also at both ends."""

    def write(text: str, rng: Random) -> str:
        place = rng.randrange(len(text) + 1)
        return text[:place] + rng.choice(signs) + text[place:]

    return write


def changed(old: str, new: str) -> Way:
    return lambda text, rng: text.replace(old, new)


def wide(text: str, _: Random) -> str:
    return text.translate(WIDE)


def utf8_as_gbk(text: str, _: Random) -> str:
    """鍖椾含 for 北京, where nothing is lost on the way."""
    try:
        garbled = text.encode("utf-8").decode("gb18030")
        return garbled if garbled.encode("gb18030").decode("utf-8") == text else text
    except UnicodeError:
        return text


def gbk_as_latin(text: str, _: Random) -> str:
    """ÖÐ¹ú for 中国."""
    raw = text.encode("gb18030")
    return raw.decode("latin-1") if all(byte < 0x80 or byte > 0xA0 for byte in raw) else text


SPACES: dict[str, Way] = {
    "spaces": form(" {}", "{}  ", "  {} "),
    "ideographic space": form("\u3000{}", "{}\u3000\u3000"),
    "no-break space": form("\xa0{}", "{}\xa0"),
    "thin spaces": form("\u2009{}", "{}\u2003", "{}\u202f"),
    "tab": form("\t{}", "{}\t"),
    "line end": form("{}\r\n", "{}\n", "{}\r"),
    "line before": form("\n{}", "\r\n{}\n"),
    "line separator": form("{}\u2028", "{}\u2029"),
    "byte order mark": form("\ufeff{}"),
    "zero width space": inside("\u200b", "\u200c", "\u200d"),
    "soft hyphen": inside("\xad"),
    "direction marks": inside("\u200e", "\u200f", "\u202a", "\u202c", "\u2066"),
    "word joiner": inside("\u2060", "\ufeff"),
    "variation selector": form("{}\ufe0f"),
    "control characters": inside("\x07", "\x1f", "\x00", "\x7f"),
    "end of file": form("{}\x1a", "{}\x00\x00"),
    "escapes of Office": form("{}_x000D_", "_x000D_{}", "{}_x000A_"),
    "entities": form("{}&nbsp;", "&nbsp;{}&nbsp;", "{}&#160;"),
    "line breaks of the web": form("{}<br>", "{}<br/>", "<p>{}</p>"),
    "tags of the web": form("<b>{}</b>", "<span style='x'>{}</span>", "<td>{}</td>"),
}
QUOTES: dict[str, Way] = {
    "apostrophe": form("'{}"),
    "double quotes": form('"{}"'),
    "formula": form('="{}"'),
    "full width": wide,
}
GARBLED: dict[str, Way] = {"UTF-8 read as GBK": utf8_as_gbk, "GBK read as Latin-1": gbk_as_latin}
DESTROYED: dict[str, Way] = {
    "replaced": lambda text, rng: text[:1] + "\ufffd" + text[2:],
    "锟斤拷": lambda text, rng: "锟斤拷" + text[1:],
    "question marks": lambda text, rng: "????" + text[2:],
}
