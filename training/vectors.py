"""Gives the encoder a second output, `vectors`: of what its layers say of a word, the principal components.

    python -m training.vectors [--folder FOLDER] [--like FOLDER]

The components are those of the lines of corpus/pages/train and corpus/train: what small second stages read (training/sections.py).
`--like` makes them the vectors of an earlier model, as closely as the layers allow (ridge regression), so that the second stages that were
trained on these can stay.
"""

from __future__ import annotations

import argparse
import json
import operator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from corpus import form
from corpus.pages import read_all
from dateline.encode import words
from dateline.encode.model import WEIGHTS, Model, _windows
from dateline.extract.lines import lines
from dateline.extract.sections import pooled
from training.card import keep
from training.sections import PAGES, ROOT

LAYERS = (0, 1, 2, 3, 4, 5)
NUMBERS = 128  # 192 and all that layers 2, 4 and 6 say were no better (LOG.md)
RIDGE = 1000.0  # by what it gives on lines that were not fitted (LOG.md)
NAME = "/bert/encoder/layer.{}/output/LayerNorm/LayerNormalization_output_0"
ADDED = ("layers", "centred", "vectors")


def bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model without the output that this module adds."""
    graph = model.graph
    for kept, field in (
        ([n for n in graph.node if n.name not in ADDED], graph.node),
        ([o for o in graph.output if o.name == "rows"], graph.output),
        ([i for i in graph.initializer if not i.name.startswith("vectors.")], graph.initializer),
    ):
        del field[:]
        field.extend(kept)
    return model


def sample(model: onnx.ModelProto, folder: Path, texts: list[str]) -> np.ndarray:
    """What the layers say of the lines of texts: means over their words [lines, layers * 384]."""
    for layer in LAYERS:
        model.graph.output.append(helper.make_empty_tensor_value_info(NAME.format(layer)))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names, tokenizer = [NAME.format(layer) for layer in LAYERS], Model(folder).tokenizer
    out = []
    for text, w in zip(texts, words.split(texts, tokenizer), strict=True):
        rows = np.zeros((len(w), 384 * len(LAYERS)), np.float32)
        for window in _windows(w):
            fed = {"pieces": window.pieces, "shapes": window.shapes, "mask": np.ones(len(window.pieces), np.int64)}
            said = session.run(names, {name: value[None] for name, value in fed.items()})
            rows[window.into] = np.concatenate([layer[0] for layer in said], 1)[window.first]
        for line in lines(text):
            first, end = w.at(line.start, line.end)
            if end > first:
                out.append(rows[first:end].mean(0))
    return np.array(out)


def earlier(folder: Path, texts: list[str]) -> np.ndarray:
    """The vectors that a model with this output gives the same lines [lines, NUMBERS]."""
    model, out = Model(folder), []
    for text in texts:
        (encoding,) = model.encode([text])
        found = [line for line in lines(text) if operator.lt(*encoding.words.at(line.start, line.end))]
        out.append(pooled(found, encoding))
    return np.concatenate(out)


def alike(rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean [inputs], matrix [inputs, NUMBERS]) that bring `rows` as close to `wanted` [lines, NUMBERS] as a linear map can."""
    mean, deviation = rows.mean(0), rows.std(0) + 1e-3
    scaled, centre = (rows - mean) / deviation, wanted.mean(0)
    matrix = np.linalg.solve(scaled.T @ scaled + RIDGE * np.eye(scaled.shape[1]), scaled.T @ (wanted - centre)) / deviation[:, None]
    mean = mean - centre @ np.linalg.pinv(matrix)
    left = ((wanted - (rows - mean) @ matrix) ** 2).sum() / ((wanted - centre) ** 2).sum()
    print(f"{1 - left:.3f} of the earlier vectors' variance")
    return mean.astype(np.float32), matrix.astype(np.float32)


def components(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean [inputs], matrix [inputs, NUMBERS]): standardised, projected, and halfway to equal variances."""
    mean, deviation = rows.mean(0), rows.std(0) + 1e-3
    _, directions = np.linalg.eigh(np.cov(((rows - mean) / deviation).T))
    matrix = directions[:, ::-1][:, :NUMBERS] / deviation[:, None]
    spread = ((rows - mean) @ matrix).std(0)
    return mean.astype(np.float32), (matrix / np.sqrt(spread * spread.mean())).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=WEIGHTS)
    parser.add_argument("--like", type=Path)
    a = parser.parse_args()
    folder = a.folder
    file = folder / "model.onnx"
    texts = [text for _, text, _ in read_all(PAGES)] + [form.read(p).report.text for p in sorted((ROOT / "corpus" / "train").glob("*.txt"))]
    rows = sample(bare(onnx.load(file)), folder, texts)
    mean, matrix = alike(rows, earlier(a.like, texts)) if a.like else components(rows)
    model = bare(onnx.load(file))
    graph = model.graph
    graph.initializer.extend([numpy_helper.from_array(mean, "vectors.mean"), numpy_helper.from_array(matrix, "vectors.matrix")])
    graph.node.extend(
        [
            helper.make_node("Concat", [NAME.format(layer) for layer in LAYERS], ["layers"], name="layers", axis=-1),
            helper.make_node("Sub", ["layers", "vectors.mean"], ["centred"], name="centred"),
            helper.make_node("MatMul", ["centred", "vectors.matrix"], ["vectors"], name="vectors"),
        ]
    )
    graph.output.append(helper.make_tensor_value_info("vectors", onnx.TensorProto.FLOAT, ["batch", "length", NUMBERS]))
    onnx.save(model, file)
    card = json.loads((folder / "model.json").read_text())
    card["vectors"] = NUMBERS
    keep(folder, card)
    print(f"{len(texts)} texts; {NUMBERS} numbers a word; {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
