"""Headings that say the same in other words: 最近一次联络日期 is 最后跟进时间.

The dictionary of aliases lists headings as they stand in real sheets; nobody can list all of them.
So the words that headings are made of are brought to one word each, in the heading and in every
name of a field, and the two compared again. A form that then names two fields of one object says
nothing: 客户级别 and 客户等级 are two things. Kinds of words: dirty-input.md C3, step 3.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from crmclean.mapping import names
from crmclean.mapping.forms import Heading
from crmclean.model import Field, Object

#: (words, the one word for them), in this order.
WORDS = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"^(贵|您的?|被|本|该|主责|归口|对口|对应)(?=.)", ""),
        (r"^(所属|所在|归属|所处|关联|默认|最终)(?=.)|有效|具体|详细|常用|实际|完整|相关|目前|当前|核心", ""),
        (r"其它", "其他"),
        (r"^(associated|related|primary|default|internal|general)(?=[a-z])", ""),
        (r"(?<=[访系接话谈约])者$", "人"),
        (r"(?<=客服|跟进|回访|业务|销售)(专员|人员|员)$", "人"),
        (r"用户(?=意见|反馈|需求|反应)", "客户"),
        (r".*(从哪|怎么|怎样|如何|何处|通过什么).{0,3}(知道|了解|得知|认识|找到).*", "来源"),
        (r"(?<=类型|分类|类别|部门|地区|区域|行业|等级|级别|状态|来源|阶段)(名称|描述)$", ""),
        (r"(?<=传真|总机|座机|手机)电话$", ""),
        (r"手机号码?|移动电话号?码?|移动号码|手提电话|手机电话", "手机"),
        (r"(办公)?座机(号码?)?|固定电话号?码?|固话号?码?|办公电话", "座机"),
        (r"(电子)?(邮[箱件]|信箱)(地址|账号|号)?", "邮箱"),
        (r"微信(账号|号码?|id)", "微信"),
        (r"身份证件?号?码?|证件号码?", "身份证"),
        (r"(官方)?网[站页](地址)?|官网|主页", "网址"),
        (r"(最近|最后|最新|上)一?次?(?=跟|联|沟|拜|回|走|接|更|修|变|维|来电|去电|通话)|末次", "最近"),
        (r"(下一?次|下回|计划|预约)(?=跟|联|沟|拜|回|走|接)", "下次"),
        (r"(首次|初次|第一次)(?=跟|联|沟|拜|回|走|接|到)", "首次"),
        (r"(?<=最近|下次|首次)(联系|联络|沟通|拜访|回访|走访|接触|接洽|洽谈|到访|跟单|来电|去电|通话)", "跟进"),
        (r"^(创建|新建|建立|建档|录入|登记|开户|建卡|开卡|添加|新增|注册|入库|收录|收集|采集|提交|制单|立档|建立档案)(?=日|时)", "创建"),
        (r"(更新|修改|变更|维护)(?=日|时)", "更新"),
        (r"日期$|日$|(?<=跟进)$", "时间"),
        (r"^(登记|建档|档案|系统)(?=编[号码]$)", ""),
        (r"(地区|大区|片区)(?=编[号码]|代[号码]|码$)", "区域"),
        (r"(?<=区域)码$", "编号"),
        (r"(?<=[^法信])(编码|代码|代号|id)$", "编号"),
        (r"简名$", "简称"),
        (r"(程度|高低)$", "级别"),
        (r"(类别|分类|性质|种类|属性)$", "类型"),
        (r"(状况|现状)$", "状态"),
        (r"(对接|联络|接洽|接口)人", "联系人"),
        (r"(?<=联系人)(姓名|名称|名字|称呼)$", ""),
        (r"(?<=[员理表])(姓名|名称|名字)$", ""),
        (r"^(现|我方|对应|主管|区域|专管|分管|专营|责任|负责|默认|跟进)?(业务|销售|跟单|跟进|归属|责任|负责|所有|维护|添加|拥有|开发|专属|经手)(员|人员|人|代表|经理|顾问|担当|者|专员)$|^(客户|区域|大区)经理$|^跟单销售$|^担当$", "负责人"),
        (r"^(sales|account|customer|client|relationship|territory)(employee|rep|representative|person|executive|manager|owner|staff|officer|man)$", "负责人"),
        (r"(购买|进货|交易|成交|销售|用)(?=[总金]*[额量]$)", "采购"),
        (r"^(?!.*年).*(总金额|总额|累计金额|累计额)$", "累计额"),
        (r"(总金额|金额|总额|总量|量)$", "额"),
        (r"^(年度|全年|每年|年均|上年|去年)", "年"),
        (r"省(份|市|区|级|直辖市)(名称)?$", "省"),
        (r"(城市|地级市|地市)(名称)?$", "市"),
        (r"(区县|县区|县市区|市县区|行政区)(名称)?$", "区"),
        (r"(客服|业务员?|销售|跟进|其他|其它)?备注(说明|信息|栏|内容)?$|附注$", "备注"),
        (r"需求(描述|说明|内容|情况|信息|明细)$", "需求"),
        (r"^(来电|来访|进店|进线|获取|引流)(?=渠道|来源|方式)", ""),
        (r"(来源渠道|渠道来源|来源方式|获客渠道|渠道|客源)$", "来源"),
        (r"(职务|岗位|职称|头衔|职衔)$", "职位"),
        (r"(缘由|理由)$", "原因"),
        (r"(详情|明细|纪要|摘要)$", "内容"),
        (r"(?<=转化)(情况|与否|进度)$", "状态"),
        (r"(?<=项目)(进度|进展|状态)$", "阶段"),
        (r"(?<=反馈)(意见|情况|内容)$|(?<=情况)(说明|记录|描述)$|(?<=原因)说明$", ""),
        (r"^(下一?步|后续)(?=.)", "下步"),
        (r"(?<=下步)(行动|措施|安排|工作|动作|跟进|跟进计划)$", "计划"),
        (r"^(预估|预期|期望)(?=.)", "预计"),
        (r"(?<=预计)(成交|合同|签单|签约|结单|成单|采购)(?=额$)", "成交"),
        (r"(?<=预计)(成交|合同|签单|签约|结单|成单)(?=时间$)", "成交"),
        (r"(未|不)合作|未成交|丢单|丢失|失单", "流失"),
    )
)  # fmt: skip


#: An "id" is not yet a customer's id, as 级别 in a list of customers is the customer's.
_CHINESE = re.compile(r"[\u3400-\u9fff]").search


@lru_cache(maxsize=16384)
def canonical(plain_heading: str) -> str:
    """A plain heading in the one word for each of its words.

    >>> canonical("最近一次联络日期") == canonical("最后跟进时间"), canonical("客户手机号码")
    (True, '客户手机')
    """
    text = plain_heading
    for pattern, word in WORDS:
        text = pattern.sub(word, text)
    return text


def index(model: dict[str, Object]) -> dict[tuple[str, str], str]:
    """(object, canonical form) → the path of the one field that it names."""
    found: dict[tuple[str, str], set[str]] = {}
    for owner in model.values():
        for field in owner.fields.values():
            called = names.names_of(field)
            for name in (*called, *filter(_CHINESE, _bare(called, owner.name))):
                found.setdefault((owner.name, canonical(name)), set()).add(field.path)
    return {key: paths.pop() for key, paths in found.items() if len(paths) == 1}


def means(heading: Heading, field: Field, known: dict[tuple[str, str], str]) -> bool:
    """Whether a heading names the field in other words."""
    if heading.who or names.refused(heading, field):
        return False
    forms = {canonical(form) for form in (*heading.forms, *_bare(heading.forms, field.object))}
    return any(known.get((field.object, form)) == field.path for form in forms if form)


def _bare(words: Iterable[str], owner: str) -> list[str]:
    """The words without the one in front that only says whom they are about."""
    return [w[len(about) :] for w in words for about in names.ABOUT[owner] if w.startswith(about)]
