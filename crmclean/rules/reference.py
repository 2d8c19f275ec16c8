"""The name by which a record refers to its customer: cleaned like a company name

A reference only finds its customer if both sides went through the same rule.

Source: as company_name.

>>> clean("上海某某(中国)有限公司 ")
'上海某某（中国）有限公司'
>>> clean("某某商行（停用）").issues
[('COMPANY_ANNOTATION', None)]
>>> clean("甲贸易有限公司、乙科技有限公司")
Traceback (most recent call last):
ValueError: COMPANY_SEVERAL
"""

from crmclean.rules.company_name import FORM, clean, quick, sound

__all__ = ["FORM", "clean", "quick", "sound"]
