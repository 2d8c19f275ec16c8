"""The reader fuzzer as a test: a short slice always, 100,000 mutants with CRMCLEAN_SOAK=1."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import readers

SOAK = os.environ.get("CRMCLEAN_SOAK") == "1"


def test_mutants_end_in_rows_or_in_one_coded_error():
    found = readers.run(100_000, seed=1, seconds=None if SOAK else 60)
    assert (found["uncaught"], found["deaths"], found["hangs"]) == (0, 0, 0), found["findings"]
    assert found["rows"] > 0 < found["refused"]


@settings(deadline=None, max_examples=2_000 if SOAK else 150)
@given(content=st.binary(max_size=3000), head=st.sampled_from([b"", *readers.seeds().values()]))
def test_any_bytes_end_in_rows_or_in_one_coded_error(tmp_path_factory, content, head):
    """Bytes alone, and bytes after the beginning of a good file of each kind."""
    folder = tmp_path_factory.mktemp("any")
    said = readers.outcome(head[: len(head) // 2] + content, folder)
    assert said == "rows" or said.startswith("refused")
