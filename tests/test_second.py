"""The second process: what it is asked comes back as if it were done here, errors and all."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from crmclean.errors import Broken, InputRefused
from crmclean.messages import language, set_language
from crmclean.run import second
from tests.conftest import copied_samples


def loaded() -> None:
    """Nothing needs to be loaded."""


@pytest.fixture
def process() -> Iterator[None]:
    with second.process(loaded):
        yield


def refuse(file: str) -> None:
    raise InputRefused("FILE_MISSING", file=file, near="")


def fill_the_disk(path: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def stumble(number: int) -> float:
    return 1 / number


def interrupted() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)


def test_without_one_the_work_is_done_here() -> None:
    assert second.call(os.getpid) == second.share(os.getpid) == os.getpid()


@pytest.mark.usefixtures("process")
def test_the_work_is_done_elsewhere_in_the_same_language() -> None:
    assert second.call(os.getpid) != os.getpid()
    assert second.call(language) == language()


def test_the_language_goes_along() -> None:
    before = language()
    set_language("en")
    try:
        with second.process(loaded):
            assert second.call(language) == "en"
    finally:
        set_language(before)


@pytest.mark.usefixtures("process")
def test_tables_and_columns_come_and_go_as_they_are() -> None:
    table = pa.table({"a": pa.array(["甲", None, "", "丁"]), "n": [1, 2, 3, 4]})
    assert second.call(pa.Table.slice, table, 1, 2).equals(table[1:3])
    assert second.call(pa.concat_tables, [table[2:], table[:1]]).equals(table.take([2, 3, 0]))
    column = table["a"].chunk(0)
    assert second.call(pa.concat_arrays, [column[1:]]).equals(column[1:])
    assert second.call(len, {"none": table[:0], "coded": column.dictionary_encode()}) == 2


@pytest.mark.usefixtures("process")
def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(InputRefused) as refused:
        second.call(refuse, "a.csv")
    assert (refused.value.code, refused.value.facts["file"]) == ("FILE_MISSING", "a.csv")
    with pytest.raises(OSError, match="out/a") as full:
        second.call(fill_the_disk, "out/a")
    assert (full.value.errno, full.value.filename) == (errno.ENOSPC, "out/a")
    with pytest.raises(Broken) as fault:
        second.call(stumble, 0)
    assert fault.value.facts["kind"] == "ZeroDivisionError"
    assert fault.value.facts["place"].startswith("test_second.py:")
    assert second.call(stumble, 2) == 0.5


@pytest.mark.usefixtures("process")
def test_what_cannot_be_sent_is_told_and_stops_nothing() -> None:
    with pytest.raises(Exception, match=r"lambda|local"):
        second.call(lambda: 1)
    with pytest.raises(Broken):
        second.call(compile, "1", "name", "eval")  # its result cannot be sent
    assert second.call(stumble, 1) == 1


@pytest.mark.usefixtures("process")
def test_its_end_is_told_of() -> None:
    with pytest.raises(Broken, match=r"第二个进程|second process"):
        second.call(os._exit, 1)
    with pytest.raises(Broken, match=r"第二个进程|second process"):
        second.call(os.getpid)


@pytest.mark.skipif(os.name != "posix", reason="Windows sends it to both")
@pytest.mark.usefixtures("process")
def test_by_ctrl_c_it_ends_as_the_first_does() -> None:
    with pytest.raises(KeyboardInterrupt):
        second.call(interrupted)


BIG = """
import sys
from crmclean import job
from crmclean.cli.main import main
job.BIG, sys.argv = -1, ["crmclean", "run", "-o", "out", "--no-input"]
main()
"""


@pytest.mark.skipif(pa.cpu_count() < 2, reason="one core")
def test_a_run_of_two_processes_comes_to_the_same_bytes(sample_run: Path, tmp_path: Path) -> None:
    folder = copied_samples(tmp_path / "项目")
    command = [sys.executable, "-c", BIG]
    subprocess.run(command, cwd=folder, env=second.environment(), check=True, capture_output=True)
    assert published(folder) == published(sample_run)


def published(folder: Path) -> dict[str, str]:
    """Digests of all files; the state is as much a result as OUT."""
    told = json.loads((folder / "out/MANIFEST.json").read_text(encoding="utf-8"))["files"]
    kept = sorted((folder / "crmclean.state").glob("*.jsonl"))
    return told | {path.name: path.read_text(encoding="utf-8") for path in kept}


FIRST = """
import os, sys, time
from crmclean.run import second
def main():
    with second.process(os.getpid):
        print(second.call(os.getpid), flush=True)
        second.call(time.sleep, 60)
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="asks for processes as POSIX does")
def test_it_ends_with_the_first_in_the_middle_of_its_work() -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", FIRST], stdout=subprocess.PIPE, env=second.environment()
    )
    pid = int(first.stdout.readline())
    time.sleep(0.2)
    first.kill()
    first.wait()
    first.stdout.close()
    until = time.monotonic() + 20
    while _is_there(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_there(pid)


def _is_there(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    if status.is_file() and status.read_text().rpartition(")")[2].split()[0] == "Z":
        return False  # ended; nobody has asked how
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
