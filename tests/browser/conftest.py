"""Makes `report_work.py` of the folder above importable here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
