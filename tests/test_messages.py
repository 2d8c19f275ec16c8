"""The catalogue is whole: every code has its words in both languages, and every code is known."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from crmclean import messages

PACKAGE = Path(messages.__file__).parent
CODES = sorted(messages.entries())


@pytest.mark.parametrize("code", CODES)
def test_every_entry_speaks_chinese_and_english(code: str) -> None:
    entry = messages.entries()[code]
    assert entry["zh"].strip() and entry["en"].strip()
    assert ("do_zh" in entry) == ("do_en" in entry)
    assert entry.get("severity", "error") in messages.SEVERITIES


@pytest.mark.parametrize("code", CODES)
def test_both_languages_fill_in_the_same_facts(code: str) -> None:
    entry = messages.entries()[code]
    facts = [set(re.findall(r"\{(\w+)\}", entry[lang])) for lang in messages.LANGUAGES]
    assert facts[0] == facts[1]


def test_no_code_stands_twice() -> None:
    files = [
        tomllib.loads(p.read_text(encoding="utf-8")) for p in messages.CATALOGUE.glob("*.toml")
    ]
    codes = Counter(code for entries in files for code in entries)
    assert [code for code, count in codes.items() if count > 1] == []


def test_every_error_that_is_raised_has_its_words() -> None:
    raised = re.compile(
        r"(?:UsageError|InputRefused|Broken|DecisionNeeded|Locked|OutputRefused)\(\s*\"([A-Z_0-9]+)\""
    )
    codes = {
        code
        for path in PACKAGE.rglob("*.py")
        for code in raised.findall(path.read_text(encoding="utf-8"))
    }
    assert codes - set(messages.entries()) == set()


def test_a_customers_text_is_never_a_template() -> None:
    assert messages.say("OUTPUT_LOCKED", "en", file="{holder}", holder="7").count("{holder}") == 1
