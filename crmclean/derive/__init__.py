"""What is worked out from golden records: fields, levels, and who is migrated.

`reach.py` how to reach a customer · `region.py` where one probably is · `fields.py` derived fields and levels · `selection.py` `select:` · `conditions.py` its language.
"""

from crmclean.derive.fields import derive
from crmclean.derive.reach import reach
from crmclean.derive.region import suggest
from crmclean.derive.selection import exclude, select

__all__ = ["derive", "exclude", "reach", "select", "suggest"]
