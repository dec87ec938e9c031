"""Which language a report is in. What is not English is not coded unasked: the models have read English only."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import unicodedata
from typing import Any

from dateline.read.language_names import NAMES
from dateline.read.unreadable import Unreadable
from dateline.records import Report

ENGLISH = "en"

# Enough for certainty, in a millisecond.
SAMPLE = 1000

# Below this many letters, names decide what a text looks like: "Boko Haram in Maiduguri" is English.
FEW_LETTERS = 40

# A text is English unless its probability for that is below this. Measured on 15 English headlines full of foreign
# names ("Manila police arrest 40 protesters at Malacanang palace"; lowest 0.014, though another language often led)
# and on 27 sentences in 24 other languages (highest 0.005, Dutch; but 0.016 for a German one of names only).
# Longer texts lie far from it on either side.
ENGLISH_FLOOR = 0.01

# What the detector says of numbers, markup and addresses.
_NO_LANGUAGE = "zxx"

_CODES = {name.casefold(): code for code, name in NAMES.items()} | {"eng": ENGLISH}


def check_language(report: Report, any_language: bool) -> Report:
    """The report with its language, as given or as detected. Raises Unreadable if that is not English."""
    said = "the input says that the text is in"
    if report.language is None:
        said = "the text is in"
        code, how = detect(report.text)
        language = code if code != _NO_LANGUAGE else None
        report = dataclasses.replace(report, language=language, found=report.found | ({"language": how} if language else {}))
    if report.language != ENGLISH and not any_language:
        name = NAMES.get(report.language, report.language) if report.language else "no human language"
        raise Unreadable(f"{said} {name}", "Only English is coded; --any-language codes it anyway.")
    return report


def code_of(name: str) -> str | None:
    """The code of a language that an input names: "en", "en-GB", "English"; None for what is no language we know."""
    name = name.strip().casefold()
    primary = name.replace("_", "-").partition("-")[0]
    return primary if primary in NAMES else _CODES.get(primary) or _CODES.get(name)


def detect(text: str) -> tuple[str, str]:
    """The code of the language of a text, and how it was told: "detected" or, with too little to go by, "assumed"."""
    sample = text.lstrip()[:SAMPLE]
    letters = list(itertools.islice(filter(str.isalpha, sample), FEW_LETTERS))
    if len(letters) < FEW_LETTERS and 2 * sum(map(_is_latin, letters)) >= len(letters):
        return ENGLISH, "assumed"
    ranked = _identifier().rank(sample)
    if dict(ranked)[ENGLISH] >= ENGLISH_FLOOR:
        return ENGLISH, "detected"
    return ranked[0][0], "detected"


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # with its model half a second, so not before it is needed

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
