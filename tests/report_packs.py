"""The packed tables of a report page, opened as its script opens them (report/page.py: `packed`)."""

import base64
import gzip
import json
import re
from typing import Any

import numpy as np


def bytes_of(html: str, mark: str = "application/octet-stream") -> list[bytes]:
    """The packs whose script element carries `mark`."""
    packs = re.findall(rf"<script[^>]*{mark}[^>]*>([^<]+)</script>", html)
    return [gzip.decompress(base64.b64decode(pack)) for pack in packs]


def table(html: str, mark: str) -> dict[str, Any]:
    """The first of them as a tree, its numbers as lists."""
    text, _, numbers = bytes_of(html, mark)[0].partition(b"\0")
    return _placed(json.loads(text), numbers)


def _placed(part: Any, numbers: bytes) -> Any:
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return [_placed(entry, numbers) for entry in part]
    if not isinstance(part, dict):
        return part
    if "numbers" in part:
        size, start, length = part["numbers"]
        return np.frombuffer(numbers, f"<i{size}", length, start).tolist()
    return {key: _placed(value, numbers) for key, value in part.items()}
