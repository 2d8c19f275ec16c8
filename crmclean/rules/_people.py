"""Names of people: what looks like one, and the words that stand around it (shared by rules).

Family names: the common ones of the national census, and those of two characters (复姓).
Titles and forms of address are only taken off where at least two characters of a name remain.
"""

import re

from crmclean.rules import _tables

TITLES = (
    "董事长|副总裁|总裁|常务副总|副总经理|总经理助理|总经理|副总|总监|副总监|采购经理|销售经理|财务经理"
    "|部门经理|项目经理|大区经理|区域经理|产品经理|经理助理|副经理|经理|主管|主任|副主任|科长|处长|部长"
    "|局长|副局长|行长|董事|书记|主席|股东|合伙人|高工|厂长|副厂长|所长|院长|校长|店长|站长|队长|组长|秘书|助理|会计|出纳|高级工程师|工程师|总工|采购员|采购|老板娘"
    "|老板|教授|医生|律师|老师|师傅|博士|CEO|CTO|CFO|COO"
)
#: Words for a role that stand where a name should be.
ROLES = "联系人|负责人|法人|法定代表人|前台|财务|行政|客服|销售|人事|业务员|经办人|收货人|本人|家属"
#: Somebody near to the person who is named, or what became of him.
_NEARBY = "夫人|老婆|老公|爱人|妻子|丈夫|儿子|女儿|父亲|母亲|爸爸|妈妈|家属|朋友|亲戚|同事|离职|退休|去世|的|总"
ADDRESS = {"先生": "男", "女士": "女", "小姐": "女", "太太": "女"}
GENDERS = {**ADDRESS, "男": "男", "女": "女"}
_WHOLE = re.compile("[\u4e00-\u9fff]{2,4}")
_AFTER = re.compile(rf"([\u4e00-\u9fff]+?)[ (（,，/、-]*({TITLES}|先生|女士|小姐|太太)[)）]?", re.I)
_BEFORE = re.compile(rf"({TITLES})[ :：-]*([\u4e00-\u9fff]{{2,4}})", re.I)
_GENDER = re.compile(r"([\u4e00-\u9fff]{2,4})[ (（,，/、-]+([男女])[)）]?")
_NOTED = re.compile(r"([\u4e00-\u9fff]{2,4}) ?[(（]([^()（）0-9]+)[)）]")
#: Words that no name holds.
ROLE = rf"{TITLES}|{ROLES}|部|某"
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
    if family is None or is_title(text) or text.startswith("高级"):
        return False
    if text in (f"{family}{word}" for word in ADDRESS):
        return False
    given = text[len(family) :]
    return 1 <= len(given) <= 2 and given not in _SHORT_TITLES and not is_title(given)


def is_name(text: str) -> bool:
    """A name of a person, maybe with a title or only a form of address (张总, 王女士)."""
    return is_full_name(text) or split_title(text) is not None or is_addressed(text)


def is_addressed(text: str) -> bool:
    """A family name with a title or a word of familiarity, nothing more: 张总, 李经理, 老王."""
    if text[:1] in ("老", "小", "阿") and family_name(text[1:]) == text[1:]:
        return True
    family = family_name(text)
    if not family:
        return False
    rest = text[len(family) :]
    return rest in _SHORT_TITLES or rest in ADDRESS or is_title(rest)


def split_title(text: str) -> tuple[str, str] | None:
    """(name, title, gender or note) of 张三经理, 张三（总经理）, 王芳女士, 张三（女）, 王丽（Lily）,
    总经理 李四; None where no full name remains.

    >>> split_title("张三（总经理）"), split_title("张经理"), split_title("王小芳女士")
    (('张三', '总经理'), None, ('王小芳', '女士'))
    >>> split_title("总经理 李四"), split_title("张三 女"), split_title("张三（已离职）")
    (('李四', '总经理'), ('张三', '女'), ('张三', '已离职'))
    """
    before = _BEFORE.fullmatch(text)
    if before and is_full_name(before[2]):
        return before[2], before[1]
    hits = (form.fullmatch(text) for form in (_AFTER, _GENDER, _NOTED))
    return next(((hit[1], hit[2]) for hit in hits if hit and is_full_name(hit[1])), None)


def closed(text: str) -> str:
    """A Chinese name without the spaces inside it: 张 三, 欧阳 娜娜; other spaces part words.

    >>> closed("张 三 丰"), closed("欧阳 娜娜"), closed("张三 女")
    ('张三丰', '欧阳娜娜', '张三 女')
    """
    pieces = text.split(" ")
    whole = "".join(pieces)
    if len(pieces) == 1 or pieces[-1] in GENDERS or not _WHOLE.fullmatch(whole):
        return re.sub(" ?· ?", "·", text)
    single = all(len(piece) == 1 for piece in pieces)
    family = len(pieces[0]) == 1 or family_name(pieces[0]) == pieces[0]
    return whole if single or (family and is_full_name(whole)) else text


def holds_role(text: str) -> bool:
    """A word for a role or a department, where a name should be."""
    return text in ADDRESS or re.search(ROLE, text) is not None


def is_beside(text: str) -> bool:
    """Somebody beside the person who is named (张三老婆, 找张三), or news about him."""
    behind = re.fullmatch(rf"[\u4e00-\u9fff]{{2,4}}?(?:已|前)?(?:{_NEARBY})", text)
    before = re.match("[找转]|联系", text) and is_full_name(re.sub("^(?:[找转]|联系)", "", text))
    return behind is not None or bool(before)


def is_title(text: str) -> bool:
    return re.fullmatch(TITLES, text, re.I) is not None


def names_title(note: str) -> bool:
    """A title, maybe with its department before it: 采购部经理."""
    return re.search(rf"(?:{TITLES})$", note, re.I) is not None
