"""The small pipeline of the tests that run DVC."""

from reproduction.conftest import built, pipeline

__all__ = ["built", "pipeline"]
