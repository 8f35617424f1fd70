"""Connects to Google Vision with Google's own client, which is loaded with this module.

The channel uses TLS with Google's call credentials or, for a gateway on this machine, plain HTTP/2 with the API key
as metadata, because gRPC sends no credentials without TLS.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from rpiocr.cloud.annotation import Sizes, lines_from_annotation
from rpiocr.cloud.image import EncodedImage
from rpiocr.cloud.options import DEFAULT_CREDENTIALS, CloudOptions, Endpoint
from rpiocr.errors import (
    CloudDeniedError,
    CloudError,
    CloudGarbageError,
    CloudRefusedError,
    CloudTimeoutError,
    CloudUnavailableError,
)
from rpiocr.model import Line

# Otherwise gRPC's core logs to standard error, for example when a server restarts.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

with warnings.catch_warnings():
    # These packages warn at import from three months before the end of life of a Python version; users of Debian
    # cannot change their Python, and Debian continues to maintain it.
    warnings.simplefilter("ignore", FutureWarning)
    import google.auth
    import google.auth.api_key
    import google.auth.exceptions
    import grpc
    from google.api_core.exceptions import GoogleAPICallError
    from google.cloud import vision_v1
    from google.cloud.vision_v1.services.image_annotator.transports import ImageAnnotatorGrpcTransport
    from google.oauth2 import service_account

GOOGLE = Endpoint("vision.googleapis.com:443", secure=True)

_DENIED = {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED}
_OVERLOADED = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL}
_UNREACHED = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
_CHANNEL_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # Makes a new channel connect at once instead of waiting for the backoff of an earlier one that failed.
    ("grpc.use_local_subchannel_pool", 1),
]
_MAX_MESSAGE = 300


class Vision:
    """A connection to the service, with one client for all images.

    It needs no closing: gRPC ends the connection when the object is deleted.

    Raises CloudDeniedError if the credentials cannot be loaded.
    """

    def __init__(self, options: CloudOptions) -> None:
        self._options = options
        endpoint = options.parsed_endpoint or GOOGLE
        self._channel = _open_channel(endpoint, options)
        self._client = vision_v1.ImageAnnotatorClient(transport=ImageAnnotatorGrpcTransport(channel=self._channel))

    def connect(self) -> None:
        """Make sure that the service can be reached, without sending anything that could be billed.

        Sends gRPC's standard health check, because a subscription to the channel's state leaves a thread behind that
        logs errors at exit. Google does not implement it, so any response counts as success.

        Raises CloudUnavailableError if there is no response; create a new ``Vision`` to try again.
        """
        check = self._channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            check(b"", timeout=self._options.timeout_s)
        except grpc.RpcError as exc:
            status, reason = exc.code(), self._one_line(exc.details() or "")
        else:
            return
        if status in _UNREACHED:
            raise CloudUnavailableError(
                f"The cloud engine cannot be reached: {reason}. Check network, proxy and endpoint."
            )

    def read(self, image: EncodedImage, page_size: tuple[int, int]) -> tuple[Line, ...]:
        """Make exactly one call; return its lines in pixels of a page of this (width, height).

        Raises a subclass of CloudError that depends on the failure.
        """
        response = self._annotate(image)
        if response.error.code or response.error.message:
            reason = self._one_line(response.error.message)
            raise CloudRefusedError(f"The cloud engine refused the image: {reason} (code {response.error.code}).")
        sizes = Sizes((image.width, image.height), page_size)
        return lines_from_annotation(response.full_text_annotation, sizes)

    def _annotate(self, image: EncodedImage) -> vision_v1.AnnotateImageResponse:
        request = vision_v1.AnnotateImageRequest(
            image=vision_v1.Image(content=image.data),
            features=[vision_v1.Feature(type_=vision_v1.Feature.Type.DOCUMENT_TEXT_DETECTION)],
            image_context=vision_v1.ImageContext(language_hints=list(self._options.language_hints)),
        )
        failure: GoogleAPICallError
        try:
            batch = self._client.batch_annotate_images(requests=[request], retry=None, timeout=self._options.timeout_s)
        except GoogleAPICallError as exc:
            failure = exc
        else:
            if len(batch.responses) != 1:
                count = len(batch.responses)
                raise CloudGarbageError(f"The cloud engine sent {count} responses for one image; check the endpoint.")
            return batch.responses[0]
        # Raised outside of the except clause, so that no traceback shows what the service echoed.
        raise self._error_from(failure)

    def _error_from(self, failure: GoogleAPICallError) -> CloudError:
        status, reason = failure.grpc_status_code, self._one_line(failure.message)
        if status in _DENIED or failure.reason == "API_KEY_INVALID" or "API key not valid" in reason:
            return CloudDeniedError(
                f"The cloud engine denied access: {reason}. Check the key or credentials, that their project "
                "has the Vision API enabled, and its billing."
            )
        if status is grpc.StatusCode.DEADLINE_EXCEEDED:
            return CloudTimeoutError(
                f"The cloud engine did not answer within {self._options.timeout_s:g} s; try again later."
            )
        if status is grpc.StatusCode.INTERNAL and "deserializing" in reason:
            return CloudGarbageError("The cloud engine's response could not be decoded; check the endpoint.")
        if status in _OVERLOADED:
            return CloudUnavailableError(f"The cloud engine is currently unavailable: {reason}. Try again later.")
        name = status.name if status else "unknown status"
        return CloudRefusedError(f"The cloud engine refused the call: {reason} ({name}).")

    def _one_line(self, message: str) -> str:
        """Return the service's message as one short line, without the API key in case it was echoed."""
        if self._options.api_key:
            message = message.replace(self._options.api_key, "[key]")
        return " ".join(message.split())[:_MAX_MESSAGE].rstrip(".") or "no reason given"


class _KeyBearer(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc, unused-ignore]
    """Adds the API key to each call, below the layer at which Google's client writes its debug log."""

    def __init__(self, api_key: str) -> None:
        self._entry = ("x-goog-api-key", api_key)

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:  # noqa: ANN401
        metadata = [*(client_call_details.metadata or ()), self._entry]
        return continuation(client_call_details._replace(metadata=metadata), request)


def _open_channel(endpoint: Endpoint, options: CloudOptions) -> grpc.Channel:
    if not endpoint.secure:
        local = [*_CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0)]
        channel = grpc.insecure_channel(endpoint.target, options=local)
        return grpc.intercept_channel(channel, _KeyBearer(options.api_key or ""))
    try:
        credentials = _load_credentials(options)
    except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as exc:
        raise CloudDeniedError(
            f"The cloud credentials cannot be used ({type(exc).__name__}). Set them to a readable "
            "service account file, or run 'gcloud auth application-default login' for 'default'."
        ) from exc
    return ImageAnnotatorGrpcTransport.create_channel(
        endpoint.target, credentials=credentials, options=_CHANNEL_OPTIONS
    )


def _load_credentials(options: CloudOptions) -> Any:  # noqa: ANN401 -- Google's package is not annotated
    if options.api_key:
        from_key: Any = google.auth.api_key.Credentials
        return from_key(options.api_key)
    scopes = ImageAnnotatorGrpcTransport.AUTH_SCOPES
    if options.credentials == DEFAULT_CREDENTIALS:
        credentials, _ = google.auth.default(scopes=scopes)
        return credentials
    path = Path(options.credentials or "").expanduser()
    load_account: Any = service_account.Credentials.from_service_account_file
    account = load_account(str(path), scopes=scopes)
    return account.with_always_use_jwt_access(True)  # noqa: FBT003
