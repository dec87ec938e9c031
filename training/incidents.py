"""Who takes part in what, in MUC-4: the keys name those who take part, a teacher the words that name the incident.

The keys do not say which words tell of an incident. In a report with one template alone, words that a teacher holds for an act of
force mean that one in most cases (distant supervision: Mintz et al. 2009), and other noun phrases have no part in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dateline.encode.model import probability
from dateline.encode.words import Words
from dateline.extract.sentences import sentences
from training.data import Example, closest

PART = {"PerpInd": "actor", "PerpOrg": "actor", "Victim": "recipient", "Target": "target", "Weapon": "instrument"}
FORCE = {"attack", "bombing", "kidnapping", "arson"}  # incident types that are ASSAULT; a robbery is no event of ours
SURE = 0.7  # probability from which a word is held to tell of the incident


def with_parts(example: Example, w: Words, assault: np.ndarray) -> Example:
    """The example with triggers, of unknown type to the labels, and who takes part in them; `assault` [words] are the teacher's logits."""
    known = example["muc4"]
    if known["templates"] != 1 or not set(known["types"]) & FORCE:
        return example
    hits = np.flatnonzero(probability(assault) >= SURE)
    opens = [s.start for s in sentences(example["text"])]
    triggers: list[list[Any]] = []
    links, far = [], []
    for run in np.split(hits, np.flatnonzero(np.diff(hits) > 1) + 1) if len(hits) else ():
        n = len(triggers)
        triggers.append([int(w.starts[run[0]]), int(w.ends[run[-1]]), None, None])
        for role, mentions in zip(known["roles"], example["same_people"], strict=True):
            if mentions:
                near = closest(triggers[n][0], {k: example["spans"][k][0] for k in mentions}, opens)
                links += [[n, k, PART[role]] for k in near]
                far += [[n, k] for k in mentions if k not in near]
    return example | {"triggers": triggers, "links": links, "far": far, "arguments_complete": bool(triggers)}
