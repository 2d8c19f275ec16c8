"""Names of people: what looks like one, and the words that stand around it (shared by rules).

Family names: the common ones of the national census, and those of two characters (复姓).
Titles and forms of address are only taken off where at least two characters of a name remain.
"""

import re

from crmclean.rules import _tables

TITLES = (
    "董事长|副总裁|总裁|常务副总|副总经理|总经理助理|总经理|副总|总监|副总监|采购经理|销售经理|财务经理"
    "|部门经理|项目经理|大区经理|区域经理|产品经理|经理助理|副经理|经理|主管|主任|副主任|科长|处长|部长"
    "|厂长|副厂长|所长|院长|校长|店长|站长|队长|组长|秘书|助理|会计|出纳|工程师|总工|采购员|采购|老板|老板娘"
    "|教授|医生|律师|老师|师傅|CEO|CTO|CFO|COO"
)
ADDRESS = {"先生": "男", "女士": "女", "小姐": "女", "太太": "女"}
_WHOLE = re.compile("[\u4e00-\u9fff]{2,4}")
_TITLED = re.compile(
    rf"([\u4e00-\u9fff]+?)[ (（,，/、-]*({TITLES}|先生|女士|小姐|太太)[)）]?", re.I
)
_SHORT_TITLES = ("总", "工", "哥", "姐", "叔", "姨", "董", "局", "处", "科", "老")


def family_name(text: str) -> str | None:
    """The family name that a Chinese name starts with.

    >>> family_name("欧阳娜娜"), family_name("张三"), family_name("科技")
    ('欧阳', '张', None)
    """
    one, two = _tables.surnames()
    if text[:2] in two:
        return text[:2]
    return text[:1] if text[:1] in one else None


def is_full_name(text: str) -> bool:
    """A family name and one or two (after a 复姓 also two) more characters, and no title."""
    family = family_name(text) if _WHOLE.fullmatch(text) else None
    if family is None or _is_title(text) or text in (f"{family}{word}" for word in ADDRESS):
        return False
    given = text[len(family) :]
    return 1 <= len(given) <= 2 and given not in _SHORT_TITLES and not _is_title(given)


def is_name(text: str) -> bool:
    """A name of a person, maybe with a title or only a form of address (张总, 王女士)."""
    return is_full_name(text) or split_title(text) is not None or is_addressed(text)


def is_addressed(text: str) -> bool:
    """A family name with a title and nothing more: 张总, 李经理, 王女士."""
    family = family_name(text)
    if not family:
        return False
    rest = text[len(family) :]
    return rest in _SHORT_TITLES or rest in ADDRESS or _is_title(rest)


def split_title(text: str) -> tuple[str, str] | None:
    """(name, title) of 张三经理, 张三（总经理）, 王芳女士; None where no full name remains.

    >>> split_title("张三（总经理）"), split_title("张经理"), split_title("王小芳女士")
    (('张三', '总经理'), None, ('王小芳', '女士'))
    """
    hit = _TITLED.fullmatch(text)
    return (hit[1], hit[2]) if hit and is_full_name(hit[1]) else None


def _is_title(text: str) -> bool:
    return re.fullmatch(TITLES, text, re.I) is not None
