"""The figures drawn so far: in the page's form, and as files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from tidemark.figures import encoding


@dataclass
class Gallery:
    """Pictures and animations by file name; what goes into the page is returned."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    animations: dict[str, bytes] = field(default_factory=dict)
    drawings: int = 0
    """Figures drawn for the page: begins the ids of the next one."""

    def picture(self, name: str, figure: Figure, colours: int = 64) -> None:
        """Keep a figure as a file of so many colours."""
        self.pictures[f"{name}.png"] = encoding.png(figure, colours)

    def drawing(
        self,
        dataset: str,
        figure: Figure | None,
        title: str,
        text: str,
        picture: str = "",
        colours: int = 64,
    ) -> dict[str, Any] | None:
        """A figure as the template wants it; under the name `picture` also as a file. None if none."""
        if figure is None:
            return None
        self.drawings += 1
        content = encoding.svg(figure, f"f{self.drawings}", f"{dataset}: {text}")
        if picture:
            self.picture(f"{dataset}-{picture}", figure, colours)
        return {"svg": Markup(content), "title": title, "text": text}

    def animation(self, name: str, frames: list[Image.Image]) -> dict[str, Any]:
        """Frames, at least one, as a file and as the template wants them."""
        moving = self.animations[f"{name}.gif"] = encoding.gif(frames, milliseconds=200, hold=2000)
        return {
            "moving": encoding.data_url(moving, "gif"),
            "still": encoding.data_url(encoding.image_bytes(frames[-1]), "png"),
            "width": frames[-1].width,
            "height": frames[-1].height,
        }
