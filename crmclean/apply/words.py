"""Answers as people write them, in either language: 同一, 是, yes, √. Anything else is listed."""

import unicodedata

_YES = ("是", "对", "yes", "y", "ok", "true", "√", "✓", "✔", "v")
_NO = ("否", "不是", "不对", "no", "n", "false", "×", "✗", "✘", "x")
VERDICTS = {
    "same": (*_YES, "same", "同一", "同一客户", "同一个", "同一家", "相同", "一样", "合并", "merge"),
    "different": (*_NO, "different", "不同", "不同客户", "不是同一个", "不是同一家", "不是同一客户",
                  "不相同", "不一样", "不合并", "apart"),
    "all_different": ("all different", "本组都不同", "都不同", "全不同", "全部不同"),
}  # fmt: skip
ACCEPTS = {
    "accept": (*_YES, "accept", "采用", "采纳", "接受", "同意"),
    "reject": (*_NO, "reject", "不采用", "不采纳", "不接受", "不同意", "拒绝"),
}


def plain(text: str | None) -> str:
    """What a person wrote, without width, capitals, blanks and full stops around it.

    >>> plain(" ＹＥＳ。"), plain(None)
    ('yes', '')
    """
    return unicodedata.normalize("NFKC", text or "").strip().rstrip("。.!！").lower()


def meant(word: str, words: dict[str, tuple[str, ...]]) -> str | None:
    """Which answer a plain word stands for."""
    return next((answer for answer, known in words.items() if word in known), None)
