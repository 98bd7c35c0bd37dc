"""A BERT-like encoder as an 8-bit ONNX graph, built straight from its weights.

Input ``ids`` int64 and ``mask`` int32, both (texts, tokens); output ``vectors``
float32 (texts, hidden), of unit length. Covered: BERT, RoBERTa, XLM-RoBERTa and
CamemBERT with absolute positions and GELU, mean or first-token pooling.

Every matrix product works on 8-bit integers. Weights are rounded per output column;
activations per token, on that token's own largest value, so a text's vector does not
depend on its neighbours in the batch and one outlying token costs the others nothing
(rounding them per batch costs 2 points of nDCG@10, see docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

RECIPE = 1
"""Raise it whenever a change here moves the vectors: it enters the fingerprint."""

FloatArray = NDArray[np.float32]
State = Mapping[str, FloatArray]

_MICROSOFT = "com.microsoft"
_OPSET = 18


@dataclass(frozen=True, slots=True)
class Layout:
    """What the graph needs to know of a model besides its weights."""

    layers: int
    heads: int
    epsilon: float
    first_position: int
    """Row of the position table given to a text's first token (RoBERTa skips a few)."""
    pooling: Literal["mean", "first"]


@dataclass(slots=True)
class _Graph:
    """Nodes and constants under construction."""

    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    def constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        from onnx import numpy_helper

        if name not in self.constants:
            array = np.ascontiguousarray(value) if np.ndim(value) else np.asarray(value)
            self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """Add a node and return the names of its outputs."""
        from onnx import helper

        name = f"{kind}_{len(self.nodes)}"
        names = [name if outputs == 1 else f"{name}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, **attributes))
        return names

    def value(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of one output and return its name."""
        return self.add(kind, *inputs, **attributes)[0]


@dataclass(frozen=True, slots=True)
class _Rounded:
    """Activations as 8-bit integers, and the scale of each token."""

    integers: str
    scales: str


def build(state: State, layout: Layout) -> bytes:
    """The graph, serialised. KeyError when a weight is missing from ``state``."""
    graph = _Graph()
    hidden = _embeddings(graph, state, layout)
    for number in range(layout.layers):
        hidden = _layer(graph, state, layout, f"encoder.layer.{number}.", hidden)
    _pool(graph, layout, hidden)
    return _serialise(graph, state["embeddings.word_embeddings.weight"].shape[1])


def _embeddings(graph: _Graph, state: State, layout: Layout) -> str:
    """Words (8-bit rows of the table) + positions + type, normalised."""
    words, scales = round_rows(state["embeddings.word_embeddings.weight"])
    integers = graph.value("Gather", graph.constant("words", words), "ids")
    floats = graph.value("Cast", integers, to=1)
    row_scales = graph.value("Gather", graph.constant("word_scales", scales[:, None]), "ids")
    word = graph.value("Mul", floats, row_scales)
    table = state["embeddings.position_embeddings.weight"][layout.first_position :]
    table = table + state["embeddings.token_type_embeddings.weight"][0]
    length = graph.value("Shape", "ids", start=1, end=2)
    zero = graph.constant("zero", np.zeros(1, np.int64))
    position = graph.value("Slice", graph.constant("positions", table), zero, length, zero)
    total = graph.value("Add", word, position)
    weights = _norm_weights(graph, state, "embeddings.LayerNorm")
    return graph.value("LayerNormalization", total, *weights, axis=-1, epsilon=layout.epsilon)


def _layer(graph: _Graph, state: State, layout: Layout, prefix: str, hidden: str) -> str:
    """One transformer layer: attention, then feed-forward, each added and normalised."""
    names = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([state[f"{name}.weight"] for name in names])
    bias = np.concatenate([state[f"{name}.bias"] for name in names])
    product = _product(graph, f"{prefix}qkv", _round(graph, hidden), weight)
    product = graph.value("Add", product, graph.constant(f"{prefix}qkv.bias", bias))
    parts = graph.add("Split", product, outputs=3, axis=-1, num_outputs=3)
    attended = graph.value(
        "MultiHeadAttention",
        *(*parts, "", "mask"),
        domain=_MICROSOFT,
        num_heads=layout.heads,
    )
    hidden = _project(graph, state, layout, f"{prefix}attention.output", attended, hidden)

    name = f"{prefix}intermediate.dense"
    wide = _product(graph, name, _round(graph, hidden), state[f"{name}.weight"])
    bias_name = graph.constant(f"{name}.bias", state[f"{name}.bias"])
    wide = graph.value("BiasGelu", wide, bias_name, domain=_MICROSOFT)
    return _project(graph, state, layout, f"{prefix}output", wide, hidden)


def _project(
    graph: _Graph, state: State, layout: Layout, name: str, inputs: str, residual: str
) -> str:
    """normalise(residual + inputs · weight + bias)."""
    weight = state[f"{name}.dense.weight"]
    product = _product(graph, f"{name}.dense", _round(graph, inputs), weight)
    return graph.value(
        "SkipLayerNormalization",
        product,
        residual,
        *_norm_weights(graph, state, f"{name}.LayerNorm"),
        graph.constant(f"{name}.dense.bias", state[f"{name}.dense.bias"]),
        domain=_MICROSOFT,
        epsilon=layout.epsilon,
    )


def _norm_weights(graph: _Graph, state: State, name: str) -> tuple[str, str]:
    weight = graph.constant(f"{name}.weight", state[f"{name}.weight"])
    return weight, graph.constant(f"{name}.bias", state[f"{name}.bias"])


def _round(graph: _Graph, values: str) -> _Rounded:
    """Round each token's values to [-127, 127], stored around 128."""
    last = graph.constant("last_axis", np.array([-1], np.int64))
    largest = graph.value("ReduceMax", graph.value("Abs", values), last, keepdims=1)
    step = graph.value("Mul", largest, graph.constant("step", np.float32(1 / 127)))
    scales = graph.value("Add", step, graph.constant("tiny", np.float32(1e-12)))
    one = graph.constant("one", np.float32(1))
    middle = graph.constant("middle", np.uint8(128))
    integers = graph.value("QuantizeLinear", graph.value("Div", values, scales), one, middle)
    return _Rounded(integers, scales)


def _product(graph: _Graph, name: str, rounded: _Rounded, weight: FloatArray) -> str:
    """The matrix product on integers, brought back to floats; the bias is not added."""
    integers, scales = round_rows(weight)
    product = graph.value(
        "MatMulIntegerToFloat",
        rounded.integers,
        graph.constant(f"{name}.integers", integers.T),
        graph.constant("one", np.float32(1)),
        graph.constant(f"{name}.scales", scales),
        graph.constant("middle", np.uint8(128)),
        graph.constant("centred", np.int8(0)),
        domain=_MICROSOFT,
    )
    return graph.value("Mul", product, rounded.scales)


def round_rows(matrix: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    """8-bit integers and one float32 scale a row: ``integers * scales[:, None] ≈ matrix``."""
    scales = np.abs(matrix).max(axis=1) / np.float32(127)
    scales[scales == 0] = 1
    integers = np.empty(matrix.shape, np.int8)
    for start in range(0, len(matrix), 16384):  # the word table at once would take 400 MB more
        rows = slice(start, start + 16384)
        integers[rows] = np.rint(matrix[rows] / scales[rows, None])
    return integers, scales


def _pool(graph: _Graph, layout: Layout, hidden: str) -> None:
    """One vector a text, of unit length, as the output ``vectors``."""
    from onnx import helper

    one = graph.constant("axis_one", np.array([1], np.int64))
    if layout.pooling == "first":
        pooled = graph.value("Gather", hidden, graph.constant("first", np.int64(0)), axis=1)
    else:
        # The length of the sum does not matter: it is brought to 1 just after.
        mask = graph.value("Unsqueeze", graph.value("Cast", "mask", to=1), one)
        pooled = graph.value("Squeeze", graph.value("MatMul", mask, hidden), one)
    graph.nodes.append(helper.make_node("LpNormalization", [pooled], ["vectors"], axis=-1, p=2))


def _serialise(graph: _Graph, width: int) -> bytes:
    from onnx import TensorProto, helper

    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "tokens"]),
    ]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", width])]
    body = helper.make_graph(
        graph.nodes, "encoder", inputs, outputs, list(graph.constants.values())
    )
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(body, opset_imports=versions, producer_name="brief_qa")
    model.ir_version = 9
    content: bytes = model.SerializeToString()
    return content
