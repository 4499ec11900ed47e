"""Files found by name, and what they provide."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.law import Generator
from tidemark.core.method import Method
from tidemark.core.network import Architecture


def test_a_file_provides_the_one_thing_of_a_kind() -> None:
    assert registry.load("denoise/baselines", "raw", "here", Method).fit is None
    assert registry.load("denoise/models", "recurrent", "here", Architecture).network.__name__ == "Model"


def test_names_are_those_of_the_files() -> None:
    folder = Path(registry.__file__).parents[1] / "denoise" / "laws"
    expected = {path.name.removesuffix(".py") for path in folder.iterdir()} - {"__init__", "__pycache__"}
    assert registry.names("denoise/laws") == sorted(expected)


@pytest.mark.parametrize("name", ["cosine", "__init__", "../models/recurrent", ""])
def test_no_such_file_lists_those_there_are(name: str) -> None:
    with pytest.raises(InputError) as error:
        registry.load("denoise/laws", name, "datasets.x.generator", Generator)
    assert str(error.value) == (
        f"datasets.x.generator: no file of src/tidemark/denoise/laws is named {name!r}; "
        f"expected one of {', '.join(registry.names('denoise/laws'))}"
    )


def test_a_file_without_the_thing_is_named() -> None:
    with pytest.raises(InputError) as error:
        registry.load("denoise/baselines", "raw", "models.x.arch", Architecture)
    assert str(error.value) == (
        "models.x.arch: src/tidemark/denoise/baselines/raw.py provides no Architecture; add one to it"
    )


def test_nothing_is_imported_to_see_whether_a_name_is_known() -> None:
    before = set(sys.modules)
    registry.check("classify/models", "residual_spectrogram", "here")
    assert set(sys.modules) == before
