"""Encrypted workbooks: opened with Excel's own default password or with the user's.

A workbook that is "protected" but opens without asking is encrypted with the default password
that Excel tries first; it is tried here too. A user's password comes from an environment variable
that `password_env` names, never from the command line or the project file.
Source: [MS-OFFCRYPTO]; dirty-input.md F08, F09.
"""

import io
import os
from pathlib import Path

from crmclean.errors import InputRefused
from crmclean.readers.sheet import Note

DEFAULT = "VelvetSweatshop"


def decrypted(path: Path, password_env: str | None, notes: list[Note]) -> io.BytesIO | None:
    """The content of an encrypted workbook, or None where it is not encrypted.

    Raises InputRefused where no password opens it."""
    import msoffcrypto

    with path.open("rb") as file:
        try:
            office = msoffcrypto.OfficeFile(file)
            if not office.is_encrypted():
                return None
        except Exception:  # damaged, or not a kind it knows: the reader will say
            return None
        said = os.environ.get(password_env) if password_env else None
        if password_env and said is None:
            raise InputRefused("PASSWORD_NOT_SET", file=path.name, variable=password_env)
        for word in filter(None, (said, DEFAULT)):
            content = _try(office, word)
            if content is not None:
                if word == DEFAULT:
                    notes.append(Note("FILE_DEFAULT_PASSWORD"))
                return content
    code = "PASSWORD_WRONG" if said else "FILE_ENCRYPTED"
    raise InputRefused(code, file=path.name)


def _try(office, word: str) -> io.BytesIO | None:
    content = io.BytesIO()
    try:
        office.load_key(password=word)
        office.decrypt(content)
    except Exception:  # a wrong password shows as any of several errors
        return None
    content.seek(0)
    return content
