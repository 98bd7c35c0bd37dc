"""A BERT-like model as an 8-bit ONNX graph, built straight from its weights.

Input ``ids`` int64 and ``mask`` int32, both (texts, tokens). An encoder's output is
``vectors`` float32 (texts, hidden), of unit length; a reader's are ``spans`` (texts,
tokens, 2) and ``relevance`` (texts,), logits. Covered: BERT, RoBERTa, XLM-RoBERTa and
CamemBERT with absolute positions and GELU, mean or first-token pooling.

Every matrix product works on 8-bit integers. Three things keep that faithful, each
measured in docs/experiments.md:

- activations are rounded per token, on that token's own largest value: per batch, one
  outlying token costs all the others precision, and a vector depends on its neighbours;
- before that, a channel that runs large is divided by a factor that its weights take on
  (SmoothQuant, Xiao et al. 2022, equation 4), so that it does not spend the whole range;
- weights are rounded per output column, on a scale at which no processor saturates.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

RECIPE = 2
"""Raise it whenever a change here moves the vectors: it enters the fingerprint."""

FloatArray = NDArray[np.float32]
State = Mapping[str, FloatArray]

SMOOTHING = 0.65
"""Share of a channel's size moved from activations to weights. Swept on 65 passages and
100 questions of piaf and afriqa: noise of the scores over their spread 0.097 without,
0.061 at 0.5, 0.057 at 0.65, 0.061 at 0.8."""

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
    output: Literal["mean", "first", "reader"]
    """An encoder's way of pooling, or a reader's two heads."""


@dataclass(frozen=True, slots=True)
class Product:
    """A weight matrix in 8 bits: ``weights * scales[:, None] ≈ weight * factors``."""

    weights: NDArray[np.int8]
    """(outputs, inputs)."""
    scales: FloatArray
    """(outputs,)."""
    factors: FloatArray | None
    """(inputs,): what each input channel is divided by; None for nothing."""


@dataclass(slots=True)
class _Graph:
    """Nodes and constants under construction."""

    products: Mapping[str, Product] | None
    """By name; None to multiply in float32 and observe what comes in."""
    observed: list[str] = field(default_factory=list)
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


def observing(state: State, layout: Layout) -> bytes:
    """The graph with float32 products, serialised; KeyError when a weight is missing.

    Beside its own outputs it has one for each product to be smoothed, named after it: the
    largest absolute value of each input channel over all tokens.
    """
    return _build(_Graph(products=None), state, layout)


def rounded_products(
    state: State, layout: Layout, largest: Mapping[str, FloatArray]
) -> dict[str, Product]:
    """The products in 8 bits, from what ``observing`` gave on typical texts."""
    products = {}
    for number in range(layout.layers):
        for kind in _PRODUCTS:
            name = f"encoder.layer.{number}.{kind}"
            weight, factors = _weight(state, name), None
            if kind in _SMOOTHED:
                factors = _smoothing_factors(largest[name], weight)
                weight = weight * factors
            products[name] = Product(*_round_weights(weight), factors)
    return products


def rounded(state: State, layout: Layout, products: Mapping[str, Product]) -> bytes:
    """The graph with 8-bit products; of ``state``, their weights are not needed."""
    return _build(_Graph(products=products), state, layout)


def open_session(graph: str | bytes, threads: int) -> Any:
    """An onnxruntime session for a graph of this module, by path or serialised."""
    # Read as it is imported. Since 1.32 it would keep an identifier of this machine in a file, and
    # send it with its versions to its makers; disable_telemetry_events() comes too late.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        graph,
        options,
        providers=["CPUExecutionProvider"],
        # The fused kernel takes 2.0 ms where the plain additions and LayerNormalization
        # take 0.4 (8 texts of 78 tokens, onnxruntime 1.32).
        disabled_optimizers=["SkipLayerNormFusion"],
    )


_ATTENTION, _WIDE = "attention.self", "intermediate.dense"
_PRODUCTS = (_ATTENTION, "attention.output.dense", _WIDE, "output.dense")
"""Of a layer; queries, keys and values are one."""
_SMOOTHED = (_ATTENTION, _WIDE)


def _weight(state: State, name: str) -> FloatArray:
    """The matrix of a product, (outputs, inputs)."""
    if name.endswith(_ATTENTION):
        return np.concatenate([state[f"{name}.{part}.weight"] for part in _PARTS])
    return state[f"{name}.weight"]


_PARTS = ("query", "key", "value")


def _build(graph: _Graph, state: State, layout: Layout) -> bytes:
    hidden = _embeddings(graph, state, layout)
    for number in range(layout.layers):
        hidden = _layer(graph, state, layout, f"encoder.layer.{number}.", hidden)
    if layout.output == "reader":
        outputs = _read(graph, state, hidden)
    else:
        width = state["embeddings.word_embeddings.weight"].shape[1]
        outputs = _pool(graph, layout, hidden, width)
    return _serialise(graph, outputs)


def _embeddings(graph: _Graph, state: State, layout: Layout) -> str:
    """Words (8-bit rows of the table) + positions + type, normalised."""
    words, scales = _round_rows(state["embeddings.word_embeddings.weight"])
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
    return _normalise(graph, state, layout, "embeddings.LayerNorm", total)


def _layer(graph: _Graph, state: State, layout: Layout, prefix: str, hidden: str) -> str:
    """One transformer layer: attention, then feed-forward, each added and normalised."""
    name = prefix + _ATTENTION
    bias = np.concatenate([state[f"{name}.{part}.bias"] for part in _PARTS])
    product = _product(graph, state, name, hidden)
    product = graph.value("Add", product, graph.constant(f"{name}.bias", bias))
    parts = graph.add("Split", product, outputs=3, axis=-1, num_outputs=3)
    attended = graph.value(
        "MultiHeadAttention",
        *(*parts, "", "mask"),
        domain=_MICROSOFT,
        num_heads=layout.heads,
    )
    hidden = _project(graph, state, layout, f"{prefix}attention.output", attended, hidden)

    name = prefix + _WIDE
    wide = _product(graph, state, name, hidden)
    bias_name = graph.constant(f"{name}.bias", state[f"{name}.bias"])
    wide = graph.value("BiasGelu", wide, bias_name, domain=_MICROSOFT)
    return _project(graph, state, layout, f"{prefix}output", wide, hidden)


def _project(
    graph: _Graph, state: State, layout: Layout, name: str, inputs: str, residual: str
) -> str:
    """normalise(residual + inputs · weight + bias)."""
    dense = f"{name}.dense"
    product = _product(graph, state, dense, inputs)
    product = graph.value("Add", product, graph.constant(f"{dense}.bias", state[f"{dense}.bias"]))
    total = graph.value("Add", product, residual)
    return _normalise(graph, state, layout, f"{name}.LayerNorm", total)


def _normalise(graph: _Graph, state: State, layout: Layout, name: str, values: str) -> str:
    weight = graph.constant(f"{name}.weight", state[f"{name}.weight"])
    bias = graph.constant(f"{name}.bias", state[f"{name}.bias"])
    return graph.value("LayerNormalization", values, weight, bias, axis=-1, epsilon=layout.epsilon)


def _product(graph: _Graph, state: State, name: str, inputs: str) -> str:
    """The product inputs · weightᵀ, without the bias."""
    if graph.products is None:
        if name.endswith(_SMOOTHED):
            graph.observed.append(_observe(graph, name, inputs))
        return graph.value(
            "MatMul", inputs, graph.constant(f"{name}.product", _weight(state, name).T)
        )
    product = graph.products[name]
    if product.factors is not None:
        smoothing = graph.constant(f"{name}.smoothing", 1 / product.factors)
        inputs = graph.value("Mul", inputs, smoothing)
    return _rounded_product(graph, name, inputs, product)


def _observe(graph: _Graph, name: str, inputs: str) -> str:
    """Output: the largest absolute value of each channel."""
    from onnx import helper

    axes = graph.constant("text_and_token_axes", np.array([0, 1], np.int64))
    absolute = graph.value("Abs", inputs)
    graph.nodes.append(helper.make_node("ReduceMax", [absolute, axes], [name], keepdims=0))
    return name


def _smoothing_factors(largest: FloatArray, weight: FloatArray) -> FloatArray:
    """What each input channel is divided by, on a grid of quarter powers of two.

    The grid hides the last bits of ``largest``, which differ between processors.
    """
    inputs, weights = np.log2(largest + 1e-6), np.log2(np.abs(weight).max(axis=0) + 1e-6)
    power = SMOOTHING * inputs - (1 - SMOOTHING) * weights
    factors: FloatArray = np.exp2(np.rint(4 * (power - power.mean())) / 4).astype(np.float32)
    return factors


def _rounded_product(graph: _Graph, name: str, inputs: str, product: Product) -> str:
    """Each token's values rounded to [-127, 127] around 128, multiplied, brought back."""
    last = graph.constant("last_axis", np.array([-1], np.int64))
    largest = graph.value("ReduceMax", graph.value("Abs", inputs), last, keepdims=1)
    step = graph.value("Mul", largest, graph.constant("step", np.float32(1 / 127)))
    step = graph.value("Add", step, graph.constant("tiny", np.float32(1e-12)))
    one = graph.constant("one", np.float32(1))
    middle = graph.constant("middle", np.uint8(128))
    multiplied = graph.value(
        "MatMulIntegerToFloat",
        graph.value("QuantizeLinear", graph.value("Div", inputs, step), one, middle),
        graph.constant(f"{name}.product", product.weights.T),
        one,
        graph.constant(f"{name}.scales", product.scales),
        middle,
        graph.constant("centred", np.int8(0)),
        domain=_MICROSOFT,
    )
    return graph.value("Mul", multiplied, step)


def _round_weights(weight: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    """8-bit integers and a scale per row, such that no sum of two products saturates.

    Processors without VNNI add products in pairs of neighbours, on 16 bits: an input of
    up to 255 leaves 128 for the two weights of a pair that have the same sign. Weights
    rounded to the full range saturate there and lose twice what rounding loses.
    """
    size = np.abs(weight).max(axis=1)
    for part in (np.maximum(weight, 0), np.maximum(-weight, 0)):
        size = np.maximum(size, (part[:, 0::2] + part[:, 1::2]).max(axis=1))
    scales = np.where(size > 0, size, 1).astype(np.float32) / np.float32(127)
    return np.rint(weight / scales[:, None]).astype(np.int8), scales


def _round_rows(matrix: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    """8-bit integers and one float32 scale a row: ``integers * scales[:, None] ≈ matrix``."""
    scales = np.abs(matrix).max(axis=1) / np.float32(127)
    scales[scales == 0] = 1
    integers = np.empty(matrix.shape, np.int8)
    for start in range(0, len(matrix), 16384):  # the word table at once would take 400 MB more
        rows = slice(start, start + 16384)
        integers[rows] = np.rint(matrix[rows] / scales[rows, None])
    return integers, scales


def _pool(graph: _Graph, layout: Layout, hidden: str, width: int) -> list[Any]:
    """One vector a text, of unit length."""
    from onnx import TensorProto, helper

    one = graph.constant("axis_one", np.array([1], np.int64))
    if layout.output == "first":
        pooled = graph.value("Gather", hidden, graph.constant("first", np.int64(0)), axis=1)
    else:
        # The length of the sum does not matter: it is brought to 1 just after.
        mask = graph.value("Unsqueeze", graph.value("Cast", "mask", to=1), one)
        pooled = graph.value("Squeeze", graph.value("MatMul", mask, hidden), one)
    graph.nodes.append(helper.make_node("LpNormalization", [pooled], ["vectors"], axis=-1, p=2))
    return [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", width])]


def _read(graph: _Graph, state: State, hidden: str) -> list[Any]:
    """Where an answer begins and ends, by token, and whether there is one, by text."""
    from onnx import TensorProto, helper

    def dense(name: str, inputs: str) -> str:
        weight = graph.constant(f"{name}.weight", state[f"{name}.weight"].T)
        bias = graph.constant(f"{name}.bias", state[f"{name}.bias"])
        return graph.value("Add", graph.value("MatMul", inputs, weight), bias)

    first = graph.value("Gather", hidden, graph.constant("first", np.int64(0)), axis=1)
    relevance = dense("relevance", graph.value("Tanh", dense("pooler", first)))
    last = graph.constant("last_axis", np.array([-1], np.int64))
    graph.nodes += [
        helper.make_node("Identity", [dense("spans", hidden)], ["spans"]),
        helper.make_node("Squeeze", [relevance, last], ["relevance"]),
    ]
    return [
        helper.make_tensor_value_info("spans", TensorProto.FLOAT, ["texts", "tokens", 2]),
        helper.make_tensor_value_info("relevance", TensorProto.FLOAT, ["texts"]),
    ]


def _serialise(graph: _Graph, outputs: list[Any]) -> bytes:
    from onnx import TensorProto, helper

    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "tokens"]),
    ]
    outputs = outputs + [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["channels"])
        for name in graph.observed
    ]
    body = helper.make_graph(graph.nodes, "model", inputs, outputs, list(graph.constants.values()))
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(body, opset_imports=versions, producer_name="brief_qa")
    model.ir_version = 9
    content: bytes = model.SerializeToString()
    return content
