"""The page that `dvc plots` fills, with its scripts inside, so that it shows without a network."""

from __future__ import annotations

from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing

NAME = "plots-page.html"
"""Name of the page in the folder `.dvc`; not in Git, since it holds a megabyte of other people's code."""
HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{refresh_tag}
<title>Plots</title>
<style>
body { font-family: sans-serif; margin: 2em; }
body > div { margin-bottom: 2.5em; }
img { max-width: 100%; }
</style>
<script>
"""
TAIL = """
</script>
</head>
<body>
{plot_divs}
</body>
</html>
"""


def page() -> str:
    """A page with Vega, Vega-Lite and Vega-Embed inside, and a place where DVC puts the plots.

    The scripts are those that vl-convert-python carries.
    """
    import vl_convert

    bundle = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub knows no default
    # In a function of its own: its one-letter names must not collide with those of the plots' scripts.
    scripts = f"(function () {{\n{bundle}\n}})();".replace("</script", "<\\/script")
    for place in ("{refresh_tag}", "{plot_divs}", "{scripts}"):
        if place in scripts:
            raise RuntimeError(f"the scripts of vl-convert-python contain {place}, which DVC would replace")
    return HEAD + scripts + TAIL


def write_plots_page(folder: Path = Path()) -> Path:
    """Write the page into `.dvc` of the pipeline in `folder` and make its DVC use it; return its path.

    The setting goes to `.dvc/config.local`: a clone where nobody has done this yet keeps DVC's own
    page, where a setting in Git would name a file that is not there. Raises `InputError` where there
    is no pipeline.
    """
    from dvc.config import Config

    room = folder / ".dvc"
    if not room.is_dir():
        raise InputError(f"{folder.resolve()}: no folder .dvc; run this in the top folder of a pipeline")
    with replacing(room / NAME) as temporary:
        temporary.write_text(page(), encoding="utf-8")
    with Config(str(room)).edit("local") as settings:
        settings.setdefault("plots", {})["html_template"] = NAME
    return room / NAME
