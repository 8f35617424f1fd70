"""The image that is sent is small enough for the service, and still shows the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rpiocr.cloud.image import MAX_BYTES, encode


@pytest.mark.parametrize(
    "shape, sent", [((3000, 1200), (3000, 1200)), ((8000, 2000), (4000, 1000)), ((1, 9000), (1, 4000))]
)
def test_only_an_image_that_is_too_large_is_scaled_down(shape: tuple[int, int], sent: tuple[int, int]) -> None:
    made = encode(np.full(shape, 200, np.uint8))
    assert (made.height, made.width) == sent
    decoded = cv2.imdecode(np.frombuffer(made.data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert decoded.shape == sent


def test_an_image_of_pure_noise_still_fits_the_limit_on_bytes() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (4000, 4000), dtype=np.uint8)
    made = encode(noise)
    assert len(made.data) <= MAX_BYTES
    assert made.width == made.height < 4000
