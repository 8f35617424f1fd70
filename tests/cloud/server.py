"""A Vision service on this machine: real gRPC over a real socket, with answers that the test scripts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from typing import Any

import grpc
from google.cloud import vision_v1

Behaviour = Callable[[grpc.ServicerContext], bytes]


@dataclass(frozen=True, slots=True)
class Call:
    """What one call carried: gRPC metadata, the request, and the seconds until the caller gives up."""

    metadata: dict[str, str]
    request: vision_v1.AnnotateImageRequest
    deadline_s: float


class VisionServer:
    """Answers call after call by ``script``, of which the last entry goes on for ever."""

    def __init__(self, *script: Behaviour, port: int = 0, tls: grpc.ServerCredentials | None = None) -> None:
        self.calls: list[Call] = []
        self._script = script
        self._lock = threading.Lock()
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        method = grpc.unary_unary_rpc_method_handler(self._handle)
        service = {"BatchAnnotateImages": method}
        name = "google.cloud.vision.v1.ImageAnnotator"
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, service),))
        if tls:
            self.port = self._server.add_secure_port(f"127.0.0.1:{port}", tls)
        else:
            self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    @property
    def endpoint(self) -> str:
        """URL of the service."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End all calls and close the port."""
        self._server.stop(grace=None).wait()

    def _handle(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        batch = vision_v1.BatchAnnotateImagesRequest.deserialize(request)
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        with self._lock:
            self.calls.append(Call(metadata, batch.requests[0], context.time_remaining()))
            behaviour = self._script[min(len(self.calls), len(self._script)) - 1]
        return behaviour(context)


def batch_of(*responses: vision_v1.AnnotateImageResponse) -> bytes:
    batch = vision_v1.BatchAnnotateImagesResponse(responses=list(responses))
    return bytes(vision_v1.BatchAnnotateImagesResponse.serialize(batch))


def answers(annotation: vision_v1.TextAnnotation) -> Behaviour:
    return lambda _: batch_of(vision_v1.AnnotateImageResponse(full_text_annotation=annotation))


def answers_in_band_error(code: int, message: str) -> Behaviour:
    return lambda _: batch_of(vision_v1.AnnotateImageResponse(error={"code": code, "message": message}))


def answers_bytes(data: bytes) -> Behaviour:
    return lambda _: data


def fails(code: grpc.StatusCode, message: str) -> Behaviour:
    def behave(context: grpc.ServicerContext) -> bytes:
        context.abort(code, message)
        raise AssertionError("abort raises")

    return behave


def fails_echoing_the_key(code: grpc.StatusCode) -> Behaviour:
    def behave(context: grpc.ServicerContext) -> bytes:
        sent = dict(context.invocation_metadata())
        return fails(code, f"no such key: {sent['x-goog-api-key']}")(context)

    return behave


def hangs(arrived: threading.Event | None = None) -> Behaviour:
    """Never answers; ends when the caller gives up."""

    def behave(context: grpc.ServicerContext) -> bytes:
        given_up = threading.Event()
        context.add_callback(given_up.set)
        if arrived:
            arrived.set()
        given_up.wait()
        return b""

    return behave


def word(
    text: str, box: tuple[float, float, float, float], *, then: str = "UNKNOWN", confidence: float = 0.9
) -> dict[str, Any]:
    """One of Vision's words at (left, top, right, bottom), followed by the break ``then``."""
    symbols: list[dict[str, Any]] = [{"text": character} for character in text]
    if symbols:
        symbols[-1]["property"] = {"detected_break": {"type_": then}}
    return {"symbols": symbols, "bounding_box": polygon(box), "confidence": confidence}


def polygon(box: tuple[float, float, float, float]) -> dict[str, Any]:
    left, top, right, bottom = (int(edge) for edge in box)
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return {"vertices": [{"x": x, "y": y} for x, y in corners]}


def annotation_of(*words: dict[str, Any], text: str = "") -> vision_v1.TextAnnotation:
    """All words in one paragraph."""
    return vision_v1.TextAnnotation(
        pages=[{"blocks": [{"paragraphs": [{"words": list(words)}]}]}], text=text or "some text"
    )


RECEIPT = annotation_of(
    word("TOTAL", (10, 20, 60, 40), then="SPACE"),
    word("$", (70, 20, 80, 40), confidence=0.7),
    word("12.34", (80, 20, 130, 40), then="LINE_BREAK"),
    word("Thanks", (10, 50, 70, 70), then="LINE_BREAK"),
)
RECEIPT_TEXT = ["TOTAL $12.34", "Thanks"]
