"""How fast the whole pipeline is, beside the plain script that does the same work.

    python benchmarks/run_speed.py [--rows 100000]

Makes a CSV of ROWS x 16 (`make_table.py`), runs `crmclean run` and then `plain_script.py` on it,
each in a process of its own, one after the other, and prints wall time and peak memory per stage.
The program is compiled first, as it is where a wheel was installed.
Last line: one JSON object {"speedup_vs_script", "peak_mb", "seconds": {stage: …}}.
Peak memory is the most that all processes of a command held together (on Linux, looked at ten times
a second, what they share counted once); elsewhere the largest resident set of the first.
"""

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import make_table

HERE = Path(__file__).parent
PROJECT = """version: 1
language: zh
target: {target}
sources:
  - path: table.csv
    system: ERP
    fields:
      customer.code: 客户编号
      customer.name: 客户名称
      customer.uscc: 统一社会信用代码
      contact.name: 联系人
      contact.title: 职位
      contact.mobile: 手机
      customer.phone: 公司电话
      contact.email: 邮箱
      customer.industry: 所属行业
      customer.source: 客户来源
      customer.value_level: 客户等级
      customer.annual_purchase: 年采购额
      customer.address: 地址
      customer.owner: 负责人
      customer.created_at: 创建时间
      customer.remark: 备注
unplaced: {unplaced}
"""


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command in `folder`: seconds and peak MB. A command that fails ends the benchmark."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    peak = _peak_after(process)
    seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, peak


def _peak_after(process: subprocess.Popen) -> float:
    """Wait for the process; the peak of what it and its children held in MB."""
    if sys.platform == "linux":
        return _peak_on_linux(process)
    if sys.platform == "win32":
        process.wait()
        return _peak_on_windows(process)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _peak_on_linux(process: subprocess.Popen) -> float:
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_held, (process.pid, *_children(process.pid)))))
        time.sleep(0.1)
    return most


def _children(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it has just ended
        return []


def _held(pid: int) -> float:
    """MB of a process; of what others hold too, its part."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024


def _peak_on_windows(process: subprocess.Popen) -> float:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *((f"size{n}", ctypes.c_size_t) for n in range(8)),
        ]

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    handle = wintypes.HANDLE(int(process._handle))
    ctypes.windll.psapi.GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)
    return counters.size0 / (1 << 20)  # PeakWorkingSetSize


def main(rows: int, target: str, unplaced: str, folder: Path) -> None:
    if not (folder / "table.csv").is_file():
        make_table.write(folder / "table.csv", rows)
    text = PROJECT.format(target=target, unplaced=unplaced)
    (folder / "crmclean.yaml").write_text(text, encoding="utf-8")
    ours = [
        sys.executable,
        "-m",
        "crmclean",
        "run",
        "-c",
        "crmclean.yaml",
        "-o",
        "out",
        "--no-input",
    ]
    theirs = [sys.executable, str(HERE.resolve() / "plain_script.py"), "table.csv", "plain"]
    compileall.compile_dir(HERE.resolve().parent / "crmclean", quiet=1)
    seconds, peak = timed(ours, folder)
    stages = json.loads((folder / "out/.work/timings.json").read_text(encoding="utf-8"))
    print(f"{rows:,} rows x {len(make_table.HEADINGS)} columns, target {target}")
    for stage, spent in stages.items():
        print(f"  {stage:10} {spent['seconds']:7.2f} s {spent['peak_mb']:7.0f} MB")
    print(f"  {'crmclean':10} {seconds:7.2f} s {peak:7.0f} MB   whole process, with start")
    script, script_peak = timed(theirs, folder)
    print(f"  {'script':10} {script:7.2f} s {script_peak:7.0f} MB   plain_script.py")
    per_stage = {stage: round(spent["seconds"], 3) for stage, spent in stages.items()}
    figures = {"speedup_vs_script": round(script / seconds, 2), "peak_mb": round(peak)}
    print(json.dumps({**figures, "seconds": {**per_stage, "total": round(seconds, 3)}}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--target", default="generic")
    parser.add_argument("--unplaced", default="{}", help="the project's section, as JSON")
    parser.add_argument(
        "--keep", type=Path, help="work in this folder, leave it there, use its table"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = arguments.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        main(arguments.rows, arguments.target, arguments.unplaced, place)
