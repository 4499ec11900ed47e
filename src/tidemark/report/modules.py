"""What a trained network consists of, as text for a terminal."""

from __future__ import annotations

from tidemark.core import trained
from tidemark.core.errors import printable
from tidemark.core.modules import parameters_by_module
from tidemark.prediction.files import find_model


def show_modules(model: str) -> None:
    """Print modules and their parameters of the model of that name, or in that folder.

    Raises `InputError` if there is none.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    loaded = trained.load(find_model(model))
    rows = list(parameters_by_module(loaded.network))
    table = Table(
        "module", "kind", box=box.SIMPLE_HEAD, title=printable(loaded.info.name), title_justify="left"
    )
    table.add_column("parameters", justify="right")
    table.add_column("share", justify="right")
    total = sum(number for _, _, number in rows)
    for name, kind, number in rows:
        table.add_row(name, kind, f"{number:,}", f"{number / total:.1%}")
    table.add_section()
    table.add_row("all", loaded.info.arch, f"{total:,}", "")
    Console(markup=False, emoji=False).print(table)
