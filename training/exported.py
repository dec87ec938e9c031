"""An exported model, read back: model.onnx and model.json → an encoder's parameters, for a run that goes on from them.

Check-points do not travel with the code, and what ships does. What was rounded to int8 there comes back as it was rounded.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from dateline.encode.model import read_card
from training.model import RELATIONS, Encoder


def weights(folder: Path) -> dict[str, Tensor]:
    """The parameters of an exported encoder by their names in `Encoder`; word pieces are the start's, which no run changes."""
    graph = onnx.load(str(folder / "model.onnx")).graph
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}

    def plain(name: str) -> np.ndarray:
        """A stored matrix in fp32, by the name that it had before it was rounded."""
        if name in stored:
            return stored[name].astype(np.float32)
        zero = stored[f"{name}_zero_point"].astype(np.float32)
        return (stored[f"{name}_quantized"].astype(np.float32) - zero) * stored[f"{name}_scale"]

    found = {name: value for name, value in stored.items() if name.endswith((".weight", ".bias")) and "vectors" not in name}
    for table in ("shape", "bert.embeddings.token_type_embeddings", "bert.embeddings.position_embeddings"):
        found[f"{table}.weight"] = plain(f"{table}.weight")
    for node in graph.node:
        if node.op_type in ("MatMul", "MatMulInteger") and node.name != "vectors":
            *outer, own, _ = node.name.strip("/").split("/")  # "bert/encoder/layer.0/output/dense/MatMul", "sides.0/sides.0.2/MatMul"
            module = own if own.startswith("sides") else ".".join([*outer, own])
            found[f"{module}.weight"] = plain(node.input[1].removesuffix("_quantized")).T
        if node.op_type in ("Attention", "QAttention"):
            layer = node.name.split("_")[1]
            matrix = plain(node.input[1].removesuffix("_quantized"))
            for part, of in enumerate(("query", "key", "value")):
                size = len(matrix)
                at = slice(part * size, (part + 1) * size)
                found[f"bert.encoder.layer.{layer}.attention.self.{of}.weight"] = matrix[:, at].T
                found[f"bert.encoder.layer.{layer}.attention.self.{of}.bias"] = stored[f"Attention_{layer}_qkv_bias"][at]
    relations = read_card(folder)["relations"]
    found["distance.weight"] = np.array([relations[name] for name in RELATIONS], np.float32).T
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in found.items()}


def encoder(folder: Path, attention: str = "eager") -> Encoder:
    """The encoder of an exported model. Raises RuntimeError where it lacks a parameter."""
    model = Encoder("minilm", attention)
    pieces = {"bert.embeddings.word_embeddings.weight": model.bert.embeddings.word_embeddings.weight}
    model.load_state_dict(pieces | weights(folder))
    return model
