"""Pinyin that somebody typed for a Chinese name: jiaxing dingli jingujian is 嘉兴鼎力紧固件 by sound.

A text is typed pinyin if it falls into syllables without a rest, the fewest that do (xian is one).
Many English words do not, and one that does sounds like nothing Chinese that it is not.
"""

from collections.abc import Container

LONGEST = 6  # letters of a syllable: zhuang


def syllables(text: str, known: Container[str]) -> list[str]:
    """The syllables of a text of small letters and spaces, of the `known` ones; [] where it has a
    rest or is a single syllable.

    >>> syllables("dingli jin", {"ding", "li", "jin"}), syllables("acme", {"ding"})
    (['ding', 'li', 'jin'], [])
    """
    found: list[str] = []
    for word in text.split():
        parts = _fewest(word, known)
        if not parts:
            return []
        found += parts
    return found if len(found) > 1 else []


def _fewest(word: str, known: Container[str]) -> list[str]:
    """The fewest syllables of one word, the longer first where several ways have as few."""
    best: list[list[str] | None] = [None] * len(word) + [[]]
    for at in range(len(word) - 1, -1, -1):
        for size in range(min(LONGEST, len(word) - at), 0, -1):
            rest = best[at + size]
            if rest is not None and word[at : at + size] in known:
                now = best[at]
                if now is None or len(rest) + 1 < len(now):
                    best[at] = [word[at : at + size], *rest]
    return best[0] or []
