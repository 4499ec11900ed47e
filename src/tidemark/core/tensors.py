"""Tensors written to a file in one safe way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from tidemark.core.replacing import replacing


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors, by name and of any shape, as safetensors, whole or not at all.

    Raises `InputError` where the file cannot be written.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    content = save(plain, metadata=None if metadata is None else {**metadata})
    with replacing(path) as temporary:  # written here: the library's own files may be read by nobody else
        temporary.write_bytes(content)
