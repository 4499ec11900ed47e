"""The report of one dataset, from its own results."""

from __future__ import annotations

from pathlib import Path

from tidemark.core import paths
from tidemark.core.replacing import replacing
from tidemark.report.page import page, results


def write(dataset: str, root: Path = Path()) -> Path:
    """Write the page of the dataset of that name; raises `InputError` if it is not scored."""
    path = paths.REPORT.with_name(f"report-{dataset}.html")
    text = page.render(results.find(root, dataset))
    with replacing(root / path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
