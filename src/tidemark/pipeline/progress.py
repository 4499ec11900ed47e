"""What a run in parallel shows: lines, and on a terminal a live view below them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text


class Progress:
    """Prints lines; on a terminal, keeps in view below them what runs, while `view` is entered."""

    def __init__(self) -> None:
        """Find out whether there is a terminal."""
        self._console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._spinner = Spinner("dots")
        self.live = self._console.is_terminal and not self._console.is_dumb_terminal
        self.view = self._live if self.live else nullcontext()

    def say(self, line: str) -> None:
        """Print one line, above the live view."""
        self._console.print(line, markup=False, emoji=False)
        self._console.file.flush()

    def show(self, running: Sequence[str], summary: str) -> None:
        """Bring the live view up to date: a line for each that runs, and one for the whole."""
        self._spinner.update(text=summary)
        self._live.update(Group(*(Text(f"  {line}") for line in running), self._spinner), refresh=True)
