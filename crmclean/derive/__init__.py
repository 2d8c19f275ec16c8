"""What is worked out from golden records: fields, levels, and who is migrated.

`nameless.py` the numbers of contacts without a name · `region.py` where one probably is · `fields.py` derived fields and levels · `selection.py` `select:` · `conditions.py` its language.
"""

from crmclean.derive.fields import derive
from crmclean.derive.nameless import lent
from crmclean.derive.region import suggest
from crmclean.derive.selection import exclude, select

__all__ = ["derive", "exclude", "lent", "select", "suggest"]
