"""Writes the corpus as JSON Lines: `python -m corpus FOLDER`."""

import shutil
import sys
from pathlib import Path

from corpus import PARTS, ROOT, load
from dateline.records import to_json


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        rows = [to_json(coded) + b"\n" for coded in load(part)]
        (folder / f"{part}.jsonl").write_bytes(b"".join(rows))
        print(f"{folder / part}.jsonl: {len(rows)} reports")
    for name in ("README.md", "MANUAL.md"):
        shutil.copy(ROOT / name, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1])) if len(sys.argv) == 2 else sys.exit("usage: python -m corpus FOLDER")
