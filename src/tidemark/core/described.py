"""Whether what model.json says of a trained model can be: types, ranges, and a size that its weights have."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from tidemark.core.errors import InputError
from tidemark.core.files import check_file, describe
from tidemark.core.normalisation import LARGEST as NUMBER
from tidemark.core.store import DatasetInfo

LARGEST = 10_000_000
"""Of a whole number that says how large something is: a length, a width, a number of layers."""
FEW = (1000, 1_000_000)
"""Tensors and values that are built in any case: the first that differs is then named."""
SCALED = ("standard", "window")
DEEPEST = 50
HELD = "that float32 holds; copy the file again, or train the model again with `dvc repro`"


def check_types(kind: type, content: Mapping[str, Any], where: str) -> None:
    """Raise a one-line `InputError` unless plain values are of the types that a dataclass's fields have."""
    if not _is_shallow(content, DEEPEST):
        raise InputError(f"{where}: nested more than {DEEPEST} deep; copy the file again")
    try:
        # As JSON, strictly: a text of a number, or of yes or no, is none.
        _adapter(kind).validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {key} = {first['input']!r:.80}: {first['msg'].lower()}") from None


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _is_shallow(value: object, levels: int) -> bool:
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in value)


def check_signals(info: DatasetInfo, where: str) -> None:
    """Raise `InputError` unless the numbers that describe signals are such as signals have."""
    sizes = {"channels": info.channels, "length": info.length, "season": info.season}
    sizes |= {f"picture.{axis}": size for axis, size in enumerate(info.picture)}
    sizes |= {key: info.spectrogram.get(key, 1) for key in ("length", "hop")} if info.spectrogram else {}
    for key, size in (sizes | {"horizon": info.horizon}).items():
        least = 0 if key == "horizon" else 1
        if not isinstance(size, int) or isinstance(size, bool) or not least <= size <= LARGEST:
            raise InputError(f"{where}: {key} = {size!r:.40}: expected a number from {least} to {LARGEST}")
    for key, values in {"sampling_rate": [info.sampling_rate], "std": info.std}.items():
        if not all(0 < value <= NUMBER for value in values):
            raise InputError(f"{where}: {key} = {list(values)!r:.80}: expected numbers above 0 {HELD}")
    for key, values in {"mean": info.mean, "std": info.std}.items():
        if len(values) not in (1, info.channels):
            raise InputError(f"{where}: {key}: {len(values)} numbers for {info.channels} channels")
        if not all(abs(value) <= NUMBER for value in values):
            raise InputError(f"{where}: {key} = {list(values)!r:.80}: expected numbers {HELD}")
    if info.normalisation not in SCALED:
        raise InputError(f"{where}: normalisation = {info.normalisation!r}: expected {' or '.join(SCALED)}")


def check_sizes(hyperparameters: Mapping[str, Any], where: str) -> None:
    """Raise `InputError` at a whole number that no size of a network is."""
    for key, value in hyperparameters.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, int) and abs(each) > LARGEST:
                raise InputError(f"{where}: hyperparameters.{key} = {each!r:.40}: too large for a network")


@contextmanager
def no_larger_than(weights: Path) -> Iterator[None]:
    """Build a network of no more parameters than a file of weights has, or a few, in little memory and time.

    Raises `InputError` at the first beyond, and where the file is no safetensors file.
    """
    tensors, values = map(max, size_of(weights), FEW)
    registered = [0, 0]

    def count(module: nn.Module, name: str, parameter: nn.Parameter | None) -> None:
        if parameter is not None:
            registered[0] += 1
            registered[1] += parameter.numel()
            if registered[0] > tensors or registered[1] > values:
                raise InputError(
                    f"{weights}: weights of another architecture: up to {values} values in {tensors} "
                    "tensors, the network here expects more"
                )

    hook = register_module_parameter_registration_hook(count)
    try:
        yield
    except (MemoryError, RuntimeError, OverflowError, ZeroDivisionError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"{weights}: no network as described can be built ({reason})") from None
    finally:
        hook.remove()


def size_of(weights: Path) -> tuple[int, int]:
    """How many tensors, and values in all, a safetensors file says that it holds."""
    check_file(weights, missing="no such file; train the model again with `dvc repro`")
    try:
        with safe_open(weights, "pt") as file:
            shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118
    except SafetensorError as error:
        raise not_safetensors(weights, error) from None
    except OSError as error:
        raise InputError(f"{weights}: cannot be read ({describe(error)})") from None
    return len(shapes), sum(math.prod(shape) for shape in shapes)


def not_safetensors(path: Path, error: SafetensorError) -> InputError:
    """What to say of a file that is none."""
    return InputError(
        f"{path}: not a safetensors file ({error}); other formats, pickles above all, are not loaded"
    )
