"""Names of persons in two columns: First Name and Last Name, 姓 and 名.

Exports of Western systems, and Chinese copies of them, hold a person's name in two halves. Together
they are the name field; each alone would be a wrong name, so they are joined or left alone.
"""

import re
from collections.abc import Sequence

from crmclean.headings import plain
from crmclean.plan import Column

GIVEN = ("firstname", "givenname", "forename", "名", "名字")
FAMILY = ("lastname", "surname", "familyname", "姓", "姓氏")

_HAN = re.compile(r"[\u3400-\u9fff]")


def halves(columns: Sequence[Column]) -> tuple[tuple[Column, Column], str] | None:
    """The two columns in the order of speech and what stands between: family name first and close
    up where most samples are Chinese. None where there are not just the two."""
    given, family = (_headed(columns, words) for words in (GIVEN, FAMILY))
    if not (given and family):
        return None
    samples = [*given.samples, *family.samples]
    if 2 * sum(bool(_HAN.search(sample)) for sample in samples) > len(samples):
        return (family, given), ""
    return (given, family), " "


def _headed(columns: Sequence[Column], words: tuple[str, ...]) -> Column | None:
    """The one filled column that is called so."""
    called = [
        column
        for column in columns
        if column.filled and plain(column.heading).removeprefix("contact") in words
    ]
    return called[0] if len(called) == 1 else None
