"""The README that a dataset carries, for whoever opens the folder without dateline. Its examples are run by the tests."""

README = """\
# A dateline dataset

News reports, coded into sourced events by dateline. Every table is Parquet; no program of ours is needed to read it,
while a run writes too.

| file | what it is |
|---|---|
| `current.parquet` | which rows count: one row for each report (`report`, `sha256`, `run`, `part`), its newest coding, forgotten reports left out |
| `runs/RUN/part-*/reports.parquet` | one row for each coded report; `record` is all of it, as JSON |
| `runs/RUN/part-*/events.parquet` | one row for each event |
| `runs/RUN/part-*/participants.parquet` | one row for each participant of an event |
| `runs/RUN/part-*/figures.parquet` | one row for each number that a report gives for an event's outcome |
| `runs/RUN/part-*/failures.parquet` | inputs that were not coded: the step, the error, and what to do |
| `runs/RUN/run.json` | what RUN is: model, codebook and settings; the same three always give the same RUN |
| `runs/RUN/invocations/*.json` | each time that `dateline code` ran: when, on what, with what outcome; `ended` is null while it runs, or where it was killed |
| `tombstones.jsonl` | the ids of forgotten reports, and when |
| `dateline.json` | the version of this format |

A report that was coded twice stands in two parts. **Join with `current.parquet`**, as below, and it is counted once.
Unknown is null. Offsets (`trigger_start`, …) count Unicode code points into the report's text, end exclusive.
The words of participants (`actors`, `recipients`, …) are those of groups, organisations, states, places and objects. Persons and claimants
have no words in these tables, only offsets: what the report calls them stands in `record` and in the sentences quoted as `evidence`, for review, and is not to be joined by person. Files and folders whose names begin with `.tmp-` are half-written: leave them out.
Delete nothing by hand: `dateline forget` takes a report out of every file.

Each run replaces `current.parquet` now and then, and `dateline forget` replaces tables, each file in one step. DuckDB, pandas
and Polars open a file twice, so a query that meets that moment ends in an error that calls the file damaged. It is not:
ask again.

## The events that count

From within this folder, once something is coded:

DuckDB

```sql
SELECT * FROM 'runs/*/part-*/events.parquet' JOIN 'current.parquet' USING (report, run, part)
```

pandas

```python
import pandas as pd; from glob import glob; events = pd.concat(map(pd.read_parquet, glob("runs/*/part-*/events.parquet"))).merge(pd.read_parquet("current.parquet"), on=["report", "run", "part"])
```

Polars

```python
import polars as pl; events = pl.scan_parquet("runs/*/part-*/events.parquet").join(pl.scan_parquet("current.parquet"), on=["report", "run", "part"]).collect()
```

R

```r
library(arrow); library(dplyr); events <- open_dataset(Sys.glob("runs/*/part-*/events.parquet")) |> inner_join(open_dataset("current.parquet"), by = c("report", "run", "part")) |> collect()
```

`participants.parquet` and `figures.parquet` join in the same way; in `reports.parquet` the report's id is `id`.
"""  # noqa: E501 (a one-liner stays one line)
