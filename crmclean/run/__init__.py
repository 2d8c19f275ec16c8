"""The output directory of a run: its tables, its lock, and how results are published.

    OUT/               what a person opens; only ever a complete, verified result
    OUT/MANIFEST.json  SHA-256 of every published file; written last, removed first
    OUT/.work/         tables of the stages, the staged result, the journal of publishing
    OUT/.lock          held while a run works here

`work.py` tables between stages · `lock.py` one run at a time · `publish.py` all or nothing ·
`abreast.py`, `beside.py` threads, `second.py` a second process: the cores of the machine.
"""

from crmclean.run.lock import lock
from crmclean.run.publish import flush, manifest, publish, recover, verify_manifest
from crmclean.run.work import Work

__all__ = ["Work", "flush", "lock", "manifest", "publish", "recover", "verify_manifest"]
