"""Parameters that no person writes: trees without end, and values that cannot be made."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.core.plain_yaml import read_mapping

NAMES = "abcdefghij"
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise(NAMES)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a {b: *a}\n", r"alias \*a leads back to itself"),
        ("a: &a [1, [*a]]\n", r"alias \*a leads back to itself"),
        ("a: " + "[" * 5000, "nested more than 100 deep"),
        ("- " * 5000, "nested more than 100 deep"),
        (LAUGHS, "over 50000 values, those of aliases counted"),
        ("a: 2024-13-45\n", "not valid YAML: month must be in 1..12"),
        ("a: " + "9" * 5000, "not valid YAML: Exceeds the limit"),
        ("a: {1: 2}\n", "1: a key is text"),
        ("a: {~: 2}\n", "'null': a key is text"),
        ("a: 0x" + "f" * 5000 + "\n", "a: a whole number of 20000 bits"),
        ("a: [-0x" + "f" * 5000 + "]\n", "a whole number of 20000 bits"),
        ("? 0x" + "f" * 5000 + "\n: a\n", "a whole number of 20000 bits"),
        ("a: !!python/object:os.system x\n", "not valid YAML: could not determine a constructor"),
        ("[1]\n", "expected a mapping of parameters, got list"),
        ("", "expected a mapping of parameters, got NoneType"),
    ],
)
def test_trees_that_are_no_parameters(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as error:
        read_mapping(path, "no such file")
    assert "\n" not in str(error.value)


def test_aliases_as_people_use_them_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("a: &a {x: 1}\nb: *a\nc:\n  <<: *a\n  y: 2\nd: &d [3]\ne: *d\n")
    read = read_mapping(path, "no such file")
    assert read == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}, "d": [3], "e": [3]}
