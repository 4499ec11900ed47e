"""What a run in parallel shows: a live view on a terminal, a line a start and an end in a log."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from tidemark.pipeline.child import Child


def duration(seconds: float) -> str:
    """Seconds as text: `4.2 s`, `3 min 07 s`, `2 h 05 min`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


class Progress:
    """Stages that run, how long they have, and how many are done."""

    def __init__(self, total: int) -> None:
        """Expect `total` stages at most."""
        self.total = total
        """Stages that may have to run; some turn out not to."""
        self.done = 0
        self._running: dict[Sequence[str], tuple[Child, Spinner]] = {}
        self._console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._live: Live | None = None
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._live = Live(
                console=self._console, get_renderable=self._view, refresh_per_second=5, transient=True
            )

    def __enter__(self) -> Progress:
        """Start the live view, on a terminal."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the live view; the lines printed above it stay."""
        if self._live:
            self._live.stop()

    def say(self, line: str) -> None:
        """Print one line, above the live view."""
        self._console.print(line, markup=False, emoji=False)
        self._console.file.flush()

    def start(self, names: Sequence[str], child: Child) -> None:
        """Note that stages run, one after the other in one process."""
        self.watch(names, child)
        if not self._live:
            self.say(f"started   {', '.join(names)}")

    def end(self, names: Sequence[str], how: str, at: str = "") -> None:
        """Note that stages ended, and how: `finished` or, at one of them, `failed`."""
        child, _ = self._running.pop(names)
        self.done += names.index(at) if at else len(names)
        shown = f"{at or ', '.join(names)} in {duration(child.seconds())}"
        self.say(f"{how:<9} {shown} ({self.done} of {self.total} done)")

    def watch(self, names: Sequence[str], child: Child) -> None:
        """Show a process in the live view, without a line or a count."""
        self._running[names] = (child, Spinner("dots"))

    def _view(self) -> RenderableType:
        lines: list[RenderableType] = []
        for names, (child, spinner) in list(self._running.items()):
            spinner.update(text=Text(f"{', '.join(names)}  {duration(child.seconds())}"))
            lines.append(spinner)
        return Group(*lines, Text(f"{self.done} of {self.total} stages done"))
