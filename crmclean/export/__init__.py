"""Import files that the target CRM accepts, and everything that goes with them.

`fitting.py` golden records in the target's columns, as `parts.py` · `values.py`, `cells.py`,
`area.py`, `owners.py`, `place.py` single columns · `files.py` written, split · `proof.py` what they
hold · `pilot.py` the first hundred · `delta.py` only what is new, or one batch · `quarantine.py`
who stays out · `leftovers.py` not migrated, rollback · `guide.py` what to click, `preparation.py`
what must be there before · `publishing.py` all of it into the output folder · `verify.py`,
`compare.py` what the CRM made of it.
"""

from crmclean.export import delta, pilot
from crmclean.export.blank import blank
from crmclean.export.compare import Verified
from crmclean.export.fitting import fit
from crmclean.export.parts import Fitted, Part
from crmclean.export.publishing import write
from crmclean.export.verify import held, verify

__all__ = [
    "Fitted",
    "Part",
    "Verified",
    "blank",
    "delta",
    "fit",
    "held",
    "pilot",
    "verify",
    "write",
]
