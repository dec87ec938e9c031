"""The whole flow on one screen: reports → batches → encoder → sections → events → harm rules → coded reports.

A batch that fails is retried one report at a time; what still fails becomes a Failure beside the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dateline import codebook as codebooks
from dateline import harm
from dateline.codebook import Codebook
from dateline.encode.model import WEIGHTS, Model, read_card
from dateline.engines import local
from dateline.extract import assemble, codes
from dateline.extract.decisions import Decisions
from dateline.extract.sections import tell
from dateline.limit import TooSlow, at_most
from dateline.records import SCHEMA, CodedReport, Failure, Report, SectionKind, digest
from dateline.store import RunInfo

Coded = CodedReport | Failure
Step = Callable[[list[Report | Failure]], list[Coded]]

# Characters in a batch of reports: enough that handing it to a worker costs nothing, few enough that a kill costs little.
BATCH_CHARACTERS = 10_000

# What one report may take. The longest that are read, 1,000,000 characters, take a part of it on one core.
MAX_SECONDS = 600

_ANOTHER = "name a model that was trained for it, or another codebook"


@dataclass(frozen=True)
class Settings:
    """What a run codes by. Two runs with the same model, codebook and settings code the same."""

    codebook: str = codebooks.DEFAULT
    model: Path = WEIGHTS
    sections: tuple[SectionKind, ...] = Decisions.sections  # those that yield events


def code(inputs: Iterable[Report | Failure], settings: Settings | None = None, workers: int | None = None) -> Iterator[Coded]:
    """Each report coded, or a Failure, in the order of the input; failures of reading pass through. Lazy.

    Raises CodebookError or ModelError before the first report where the settings cannot be used.
    """
    settings = settings or Settings()
    check(settings)
    workers = workers or local.cores()
    yield from (c for done in local.run(partial(make_step, settings), batches(inputs), workers) for c in done)


def run_info(settings: Settings) -> RunInfo:
    """What makes this run the same run as another: digests of model and codebook. Raises CodebookError or ModelError."""
    codebook = check(settings)
    return RunInfo(
        model=digest(json.dumps(read_card(settings.model), sort_keys=True)),
        codebook=codebook.digest,
        codebook_name=codebook.name,
        settings={"schema": SCHEMA, "sections": sorted(settings.sections)},
        code=_code_digest(),
    )


def _code_digest() -> str:
    """SHA-256 over the package's own modules."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return digest("".join(f.read_text(encoding="utf-8") for f in files))


def check(settings: Settings) -> Codebook:
    """The codebook, where model and codebook fit. Raises CodebookError or ModelError."""
    codebook, card = codebooks.load(settings.codebook), read_card(settings.model)
    needed = {"type", "mode"} if codebook.unit == "happening" else {"type", "role"}
    if unsaid := sorted(needed - set(codebook.heads)):
        raise codebooks.CodebookError(f"codebook {codebook.name}: [heads] does not say which head scores the {', '.join(unsaid)}")
    if missing := sorted(set(codebook.heads.values()) - set(card["heads"])):
        raise codebooks.CodebookError(f"codebook {codebook.name}: the model has no head {', '.join(missing)}; {_ANOTHER}")
    said = {what: card["heads"][head] for what, head in codebook.heads.items()}
    modes = {f"{name}/{mode}" for name, kind in codebook.types.items() for mode in kind.modes}
    roles = card.get("roles", []) if codebook.unit == "happening" else sorted({label.partition("/")[0] for label in said.get("role", [])})
    for what, wanted, known in (
        ("types", set(codebook.types), said.get("type", [])),
        ("modes", modes, said.get("mode", [])),
        ("roles", set(codebook.roles), roles),
    ):
        if unknown := sorted(wanted - set(known)):
            raise codebooks.CodebookError(
                f"codebook {codebook.name}: the model does not know the {what} {', '.join(unknown)}; it knows {', '.join(known)}"
            )
    for system, rules in codebook.mappings.items():
        if strange := sorted({rule.type for rule in rules} - set(codebook.types)):
            raise codebooks.CodebookError(f"codebook {codebook.name}: its mapping {system} has types that it lacks: {', '.join(strange)}")
    if strange := codes.unknown(codebook):
        known = ", ".join([*codes.CONDITIONS, "words of LIST"])
        raise codebooks.CodebookError(
            f"codebook {codebook.name}: its mappings have unknown conditions: {', '.join(strange)}; known: {known}"
        )
    return codebook


def batches(inputs: Iterable[Report | Failure]) -> Iterator[list[Report | Failure]]:
    """Inputs in batches of about BATCH_CHARACTERS."""
    batch: list[Report | Failure] = []
    size = 0
    for item in inputs:
        batch.append(item)
        size += len(item.text) if isinstance(item, Report) else 0
        if size >= BATCH_CHARACTERS or len(batch) >= 1000:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def make_step(settings: Settings, threads: int) -> Step:
    """The row step of a worker, its model loaded."""
    model = Model(settings.model, threads)
    return partial(code_batch, model, check(settings), replace(Decisions.of(model.card), sections=settings.sections))


def code_batch(model: Model, codebook: Codebook, decisions: Decisions, batch: list[Report | Failure]) -> list[Coded]:
    """A batch's coded reports and failures, in order."""
    reports = [item for item in batch if isinstance(item, Report)]
    if len(reports) > 1:
        try:
            with at_most(MAX_SECONDS):
                coded = iter(code_reports(model, codebook, decisions, reports))
            return [next(coded) if isinstance(item, Report) else item for item in batch]
        except (Exception, TooSlow):  # one report must not take the others with it: find it by coding each alone
            pass
    return [code_alone(model, codebook, decisions, item) if isinstance(item, Report) else item for item in batch]


def code_reports(model: Model, codebook: Codebook, decisions: Decisions, reports: list[Report]) -> list[CodedReport]:
    """Reports coded together in one pass of the encoder."""
    encodings = model.encode([r.text for r in reports])
    told = [tell(r, e, model.folder) for r, e in zip(reports, encodings, strict=True)]
    return [
        harm.guard(CodedReport(report=r, events=assemble.events(r, e, model, codebook, decisions)))
        for r, e in zip(told, encodings, strict=True)
    ]


def code_alone(model: Model, codebook: Codebook, decisions: Decisions, report: Report) -> Coded:
    """One report coded, or the Failure that says at which step and why."""
    try:
        with at_most(MAX_SECONDS):
            return code_reports(model, codebook, decisions, [report])[0]
    except TooSlow:
        error = f"it took more than {MAX_SECONDS} seconds"
        advice = "split it into shorter reports"
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"
        advice = "this is a fault of Dateline: please file it with the report's text if you may share it"
    return Failure(input=report.id, step="code", error=error, advice=advice, report=report.id)
