"""Small ONNX models, valid but useless, written byte by byte: the format is Protocol Buffers.

Field numbers are those of the published onnx.proto; every model has one input and one output of floats.
"""

from __future__ import annotations

IR_VERSION, OPERATOR_SET = 8, 17
FLOAT, INT64, BOOL = 1, 7, 9
GRAPH_ATTRIBUTE, INTS_ATTRIBUTE = 5, 7

PICTURE = (1, 3, "height", "width")
"""Numbers are fixed sides, names free ones."""


def endless() -> bytes:
    """A model that never answers."""
    body = [_node("Identity", ["go"], ["go_on"]), _node("Identity", ["before"], ["after"])]
    variables = [_variable(11, "round", INT64), _variable(11, "go", BOOL), _variable(11, "before", FLOAT, PICTURE)]
    results = [_variable(12, "go_on", BOOL), _variable(12, "after", FLOAT, PICTURE)]
    attribute = _text(1, "body") + _bytes(6, _graph(body, variables, results)) + _number(20, GRAPH_ATTRIBUTE)
    return _model(_node("Loop", ["", "", "picture"], ["answer"], attribute))


def echo() -> bytes:
    """A model that answers with its input, whose shape no reader expects."""
    return _model(_node("Identity", ["picture"], ["answer"]))


def no_numbers() -> bytes:
    """A model that answers with logarithms of what is not positive."""
    return _model(_node("Log", ["picture"], ["answer"]))


def brightness() -> bytes:
    """A detector that takes paper for text and ink for none: the shape is right, and nothing else."""
    axes = _text(1, "axes") + _number(8, 1) + _number(20, INTS_ATTRIBUTE)
    return _model(_node("ReduceMean", ["picture"], ["answer"], axes), (1, 1, "height", "width"))


def _model(node: bytes, answer: tuple[int | str, ...] = PICTURE) -> bytes:
    graph = _graph([node], [_variable(11, "picture", FLOAT, PICTURE)], [_variable(12, "answer", FLOAT, answer)])
    return _number(1, IR_VERSION) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, OPERATOR_SET))


def _graph(nodes: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    return b"".join([*(_bytes(1, node) for node in nodes), _text(2, "graph"), *inputs, *outputs])


def _node(operator: str, inputs: list[str], outputs: list[str], attribute: bytes = b"") -> bytes:
    names = b"".join([*(_text(1, name) for name in inputs), *(_text(2, name) for name in outputs)])
    return names + _text(4, operator) + (_bytes(5, attribute) if attribute else b"")


def _variable(field: int, name: str, kind: int, shape: tuple[int | str, ...] = ()) -> bytes:
    sides = (_number(1, side) if isinstance(side, int) else _text(2, side) for side in shape)
    tensor = _number(1, kind) + _bytes(2, b"".join(_bytes(1, side) for side in sides))
    return _bytes(field, _text(1, name) + _bytes(2, _bytes(1, tensor)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])
