"""DVC reads the whole of params.yaml anew for every stage; here once, and again only if it changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def read_params_once() -> None:
    """Let DVC, in this process, keep what it read of a parameters file as long as the file is the same."""
    from dvc.dependency import param

    if not hasattr(param.load_path, "kept"):
        param.load_path = _keeping(param.load_path)


def _keeping(load: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[str, tuple[tuple[int, int], Any]] = {}

    def load_path(path: str, file_system: Any, **options: Any) -> Any:
        if options or getattr(file_system, "protocol", None) != "local":  # of another revision, say
            return load(path, file_system, **options)
        found = Path(path).stat()
        state = (found.st_mtime_ns, found.st_size)
        if path not in kept or kept[path][0] != state:
            kept[path] = (state, load(path, file_system))
        return kept[path][1]

    load_path.kept = kept  # type: ignore[attr-defined]
    return load_path
