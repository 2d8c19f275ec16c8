"""The grammar of person names: surname, given name, title.

王总, 李经理 and 张女士 are a surname and a title: they name nobody by themselves and are compared as
such. Compound surnames (欧阳, 司马) are known. A name alone never proves a person (张伟 stands for some
290,000 people): frequency weighs it.
"""

import re
from typing import NamedTuple

_COMPOUND = """
欧阳 司马 上官 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 宇文 轩辕 夏侯 端木
百里 南宫 西门 独孤 澹台 闻人 赫连 呼延 钟离 申屠 太史 淳于 单于 东郭 公冶
宗政 濮阳 太叔 万俟 第五 拓跋 纳兰 完颜
"""
COMPOUND = frozenset(_COMPOUND.split())
_TITLES = """
副总经理 总经理 副经理 大区经理 销售经理 采购经理 项目经理 客户经理 经理 董事长
副董事长 董事 总裁 副总裁 副总 总监 主管 主任 副主任 厂长 副厂长 部长 副部长
科长 副科长 处长 局长 院长 副院长 校长 所长 站长 店长 班长 组长 会长 秘书长
老板 老板娘 会计 出纳 财务 采购 销售 业务员 业务 文员 助理 秘书 工程师 高工
教授 老师 医生 律师 师傅 先生 女士 小姐 夫人 太太 同志 总 工 董 哥 姐 阿姨
大姐 大哥 叔 队长 行长 法人 负责人 联系人
"""
TITLES = tuple(_TITLES.split())
_TITLES_BY_LENGTH = sorted(TITLES, key=len, reverse=True)
_HAN = re.compile(r"^[\u3400-\u9fff·]+$")
_ENGLISH_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof)\b\.?\s*|\s*,?\s*\b(?:jr|sr|phd)\b\.?$")


class Person(NamedTuple):
    """`full` is what is compared: surname and given name, or the surname and its title."""

    surname: str = ""
    given: str = ""
    title: str = ""
    full: str = ""


def parse(name: str) -> Person:
    """The parts of a person's name in plain form (`text.plain`).

    >>> parse("王总"), parse("欧阳明经理").given, parse("mr. John Smith").full
    (Person(surname='王', given='', title='总', full='王总'), '明', 'john smith')
    """
    name = re.sub(r"[(\[].*?[)\]]", "", name).strip()
    compact = name.replace(" ", "")
    if not _HAN.match(compact):
        return _latin(name.lower())
    title = next(
        (t for t in _TITLES_BY_LENGTH if compact.endswith(t) and len(compact) > len(t)), ""
    )
    bare = compact[: -len(title)] if title else compact
    if len(title) == 1 and len(bare) > 2:  # 王建工 is a name, 王工 an engineer
        title, bare = "", compact
    if len(bare) == 2 and bare[0] in "老小" and bare not in COMPOUND:
        return Person(bare[1], "", title or bare[0], bare[1] + (title or bare[0]))
    size = 2 if bare[:2] in COMPOUND else 1
    surname, given = bare[:size], bare[size:]
    return Person(surname, given, title, bare if given else surname + title)


def _latin(name: str) -> Person:
    tokens = re.sub(r"[^\w\s]", " ", _ENGLISH_TITLE.sub("", name)).split()
    if not tokens:
        return Person(full=name)
    return Person(tokens[-1], " ".join(tokens[:-1]), "", " ".join(tokens))
