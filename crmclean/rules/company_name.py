"""Company names as on the licence: full-width brackets, no stray marks, never shortened

A licence writes （）, no spaces between Chinese characters and nothing around the name. What
salespeople add — （已注销）, 作废, -重复 — is taken off and becomes an issue with its words: it
is news about the customer, not its name. Names of persons and of foreign firms pass.

Source: 《企业名称登记管理规定》 art. 6; dedupe.md C.1, C.3.

>>> clean("上海 某某 (中国)科技有限公司。"), clean("ＡＢＣ贸易有限公司"), clean("Acme Trading Co., Ltd.")
('上海某某（中国）科技有限公司', 'ABC贸易有限公司', 'Acme Trading Co., Ltd.')
>>> clean("某某商贸有限公司（已注销）").values, clean("某某商贸有限公司-重复").issues
({'': '某某商贸有限公司'}, [('COMPANY_ANNOTATION', None)])
>>> clean("甲贸易有限公司/乙科技有限公司")
Traceback (most recent call last):
ValueError: COMPANY_SEVERAL
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, _mojibake, kept
from crmclean.rules.text import judged

_HAN = "\u3400-\u9fff"
FORM = _characters.LINE
_NOTE = (
    "已?注销|已?吊销|已?作废|停用|已?停业|已?倒闭|重复|重复客户|旧|老|旧名|已?合并|已?迁址|已?改名|已?更名|黑名单|测试"
    "|勿联系|不合作|已?流失|已?离职|删除|待删除|无效|禁用|暂停合作|公海"
)
_ANNOTATION = re.compile(
    rf"[ ]*(?:[（(\[【]({_NOTE})[）)\]】]|(?<=[{_HAN}）])[-—_－]+({_NOTE})|(?<=公司)({_NOTE}))$"
)
_SPACED = re.compile(rf"(?<=[{_HAN}（）]) (?=[{_HAN}（）])")
_STRAY = "*#★☆●■◆▲△※→;；。，,、:：!！?？`~^|\\\"'“”‘’ ·．-—_=+<>《》"
_LEGAL = re.compile(r"(?:公司|集团|合作社|事务所|商行|厂)")
_SEVERAL = re.compile(rf"(?:公司|厂|合作社) ?[/、;；,，|] ?[{_HAN}]{{4,}}(?:公司|厂|合作社)")
_TRAILING = re.compile(r"[（(]?(?:\+?86)?1[3-9][0-9]{9}[）)]?")
_DOUBT = (
    rf"[()\[\]【】{{}}]|[{_HAN}（）] [{_HAN}（）]|\A[{re.escape(_STRAY)}]|[^.A-Za-z0-9{_HAN}）]\z"
    rf"|(?:{_NOTE})[）)\]】]?\z|[/|、;；]|[0-9]{{11}}| [（）]|[（）] "
)


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Half-width brackets, spaces, stray marks, annotations, several names, phone numbers."""
    return pc.match_substring_regex(values, rf"{_DOUBT}|{_characters.SUSPECT}")


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces, brackets around Chinese, a full stop at the end."""
    tidy = _characters.tidy_column(values)
    for pattern, mended in (
        (rf"([{_HAN}]) ?\(([{_HAN}]+)\) ?", r"\1（\2）"),
        (rf"([{_HAN}（）]) ([{_HAN}（）])", r"\1\2"),
        (rf"([{_HAN}（）]) ([{_HAN}（）])", r"\1\2"),
        (rf"([{_HAN}）])[。，；;]\z", r"\1"),
    ):
        tidy = pc.replace_substring_regex(tidy, pattern, mended)
    return tidy


def clean(text: str, /, **_: object) -> str | Parts:
    """The name. Raises ValueError COMPANY_SEVERAL, TEXT_LOST_CHARACTERS."""
    tidy = _characters.tidy(text)
    if _mojibake.is_lost(tidy):
        raise ValueError("TEXT_LOST_CHARACTERS")
    name, notes = _bare(tidy)
    if not name:
        return kept(tidy, "COMPANY_STRANGE") if notes else ""
    if _SEVERAL.search(name):
        raise ValueError("COMPANY_SEVERAL")
    judgement = judged(name)
    issues = list(judgement.issues) if isinstance(judgement, Parts) else []
    issues += [("COMPANY_ANNOTATION", None)] * bool(notes)
    if _TRAILING.search(name):
        issues.append(("COMPANY_HOLDS_PHONE", None))
    return Parts({"": name}, issues) if issues else name


def _bare(name: str) -> tuple[str, list[str]]:
    """The name without spaces, stray marks and annotations, and the annotations."""
    notes: list[str] = []
    previous = None
    while name != previous:
        previous = name
        name = (
            _brackets(name.strip(_STRAY)) if _is_chinese(name) else name.strip(' *#;；。，,、"“”')
        )
        name = _SPACED.sub("", name)
        hit = _ANNOTATION.search(name)
        if hit and hit.start() >= 2:
            notes.append(next(filter(None, hit.groups())))
            name = name[: hit.start()]
    return name, notes


def _brackets(name: str) -> str:
    """Half-width brackets around or beside Chinese become full-width, in pairs only."""
    name = name.replace("(", "（").replace(")", "）")
    return re.sub(" *（ *", "（", re.sub(" *） *", "）", name))


def _is_chinese(name: str) -> bool:
    return re.search(f"[{_HAN}]", name) is not None
