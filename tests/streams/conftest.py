"""What tests of the streams share."""

from tests.watch.conftest import place

__all__ = ["place"]
