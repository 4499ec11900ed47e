"""An array written to its file piece by piece."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np

from tidemark.core.store import Array


class GrowingArray:
    """An `.npy` file whose shape is known before its values, so that no more than a piece is in memory."""

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: str) -> None:
        """Begin the file at `path`; pieces follow each other along the first axis."""
        self._shape, self._dtype, self._written = shape, np.dtype(dtype), 0
        self._file = path.open("wb")
        header = np.lib.format.header_data_from_array_1_0(np.empty(0, self._dtype))
        np.lib.format.write_array_header_1_0(self._file, header | {"shape": shape})

    def append(self, piece: Array) -> None:
        """Write the next values, (any number, …)."""
        self._file.write(np.ascontiguousarray(piece, self._dtype).tobytes())
        self._written += len(piece)

    def __enter__(self) -> GrowingArray:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None and self._written != self._shape[0]:
            raise RuntimeError(f"{self._written} of {self._shape[0]} rows were written")
