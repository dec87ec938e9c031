"""What the tests of the store share: coded reports made by hand, and scripts that run, and are killed, on their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dateline.records import (
    CodedReport,
    Count,
    Event,
    Failure,
    Figure,
    Participant,
    Place,
    Report,
    Source,
    Time,
    digest,
    span_of,
)
from dateline.store import RunInfo

RUN = RunInfo(model="m1", codebook="c1", codebook_name="plover", settings={"batch": 8}, code="abc")
SENTENCE = "About 130 activists blocked the bridge in Calais, police said; 14 were arrested."


def coded(report: str, text: str = SENTENCE) -> CodedReport:
    """A report with one event, whose spans are words of SENTENCE if the text holds it."""
    at = text.find(SENTENCE)
    if at < 0:
        return CodedReport(report=Report(id=report, text=text, sha256=digest(text)))

    def words(said: str) -> object:
        start = text.index(said, at)
        return span_of(text, start, start + len(said))

    crowd, trigger = words("About 130 activists"), words("blocked")
    event = Event(
        id=f"e-{report}",
        incident=f"i-{report}",
        type="PROTEST",
        trigger=trigger,
        triggers=(trigger,),
        evidence=(words(SENTENCE),),
        confidence=0.9,
        modes=("obstruct",),
        mode="obstruct",
        quad="material conflict",
        contexts=("migration",),
        codes={"cameo": "144"},
        participants=(
            Participant(role="actor", span=crowd, mentions=(crowd,), kind="group", count=Count(low=120, high=140, span=words("130"))),
            Participant(role="target", span=words("the bridge"), mentions=(words("the bridge"),), kind="object"),
        ),
        figures=(Figure(of="arrested", low=14, high=None, span=words("14"), source=Source(kind="authority", span=words("police"))),),
        time=Time(start="2016-03-12", end="2016-03-12", precision="day", basis="inferred"),
        place=Place(name="Calais", geonameid=3029162, lat=50.95, lon=1.85, country="FRA", precision="city"),
        source=Source(kind="authority", span=words("police"), cue=words("said")),
    )
    return CodedReport(report=Report(id=report, text=text, sha256=digest(text), published="2016-03-13"), events=(event,))


def failure(report: str | None = None) -> Failure:
    return Failure(input="in.jsonl", where="line 3", report=report, step="read", error="no text", advice="Give it a text")


def code(dataset, *reports: CodedReport, run: RunInfo = RUN) -> None:
    """One whole run."""
    with dataset.start(run, ["in.jsonl"]) as writer:
        for report in reports:
            writer.add(report)


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process of its own, that can import this module."""
    here = Path(__file__).resolve().parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(here.parent), str(here)])}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[str], status: int = 0) -> None:
    _, errors = process.communicate(timeout=20)
    assert process.returncode == status, errors


def bytes_and_values(path: Path) -> str:
    """All that a dataset says: each file's name and raw bytes, and each value of each Parquet table and of its metadata."""
    import pyarrow.parquet as pq

    said = []
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        said += [str(file.relative_to(path)), file.read_bytes().decode("latin-1")]
        if file.suffix == ".parquet":
            metadata = pq.read_metadata(file)
            groups = [metadata.row_group(i).to_dict() for i in range(metadata.num_row_groups)]
            said += [repr(pq.read_table(file, partitioning=None).to_pylist()), repr(groups), repr(metadata.metadata)]
    return "\n".join(said)
