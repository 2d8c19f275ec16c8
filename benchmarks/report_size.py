"""How big the report is and how fast it opens: 100,000 issues and 20,000 clusters of duplicates.

    python benchmarks/report_size.py [--issues N] [--clusters N]

Makes a finished run of 50,000 customers with as many contacts, writes its report, and opens it in
headless Chromium (Debian: `apt-get install chromium`) from a file, three times. `load_s` is the
median time from navigation until the lists can be filtered, by the page's own clock; null where
there is no Chromium. Targets: under 3 MB, under 1 s. The last line is one JSON object.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [
    str(HERE.parent),
    str(HERE.parent / "tests"),
    str(HERE.parent / "tests" / "browser"),
]

import chromium
import report_work

from crmclean import report


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        made = report_work.make(
            Path(folder) / "work", options.customers, options.issues, options.clusters
        )
        before = time.perf_counter()
        report.write(*made, path)
        write_s = time.perf_counter() - before
        figures = {
            "mb": round(path.stat().st_size / 1e6, 2),
            "load_s": _load(path, Path(folder)),
            "write_s": round(write_s, 2),
            "issues": options.issues,
            "clusters": options.clusters,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    print(f"report of {options.issues:,} issues and {options.clusters:,} clusters")
    print(
        f"  size {figures['mb']} MB · opens in {figures['load_s']} s · written in {figures['write_s']} s"
    )
    print(json.dumps(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--issues", type=int, default=100_000)
    parser.add_argument("--clusters", type=int, default=20_000)
    return parser.parse_args()


def _load(path: Path, folder: Path, times: int = 3) -> float | None:
    """Median seconds until the page is ready, in a fresh tab each time."""
    if chromium.executable() is None:
        return None
    with chromium.Browser(folder / "profile") as browser:
        ready = [
            int(browser.open(path).do("document.documentElement.dataset.readyAfter"))
            for _ in range(times)
        ]
    return round(statistics.median(ready) / 1000, 2)


if __name__ == "__main__":
    main()
