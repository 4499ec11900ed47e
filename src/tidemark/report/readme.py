"""What README.md and docs show of results, written from the pipeline's outputs and never by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.report import markdown
from tidemark.report.page import results

README = Path("README.md")
RESULTS = Path("docs/results.md")
PUBLISHED = Path("docs/published.md")
IMAGES = Path("docs/images")
HEAD = """# Results

Every predictor on every dataset, best first; `tidemark readme` writes this file. Scores are of signals that
nothing was trained or chosen on, with 95 % bootstrap intervals (each dataset says over what); *× limit* is an
error over that of the limit, the best that any method could do with the same knowledge; an *oracle* is told
the law that others must learn, and can be beaten. Networks are in bold type. *trained on* says what a
predictor learned from: how many signals, stored ones again and again or fresh ones at each step, how noisy,
for how many steps of how many signals, in what processor time; others are fitted to each signal by itself.
*alone* and *one of many* are processor time on one core, the predictor being loaded: for one signal by
itself, and for each of many at once. Scale: *{scales}*.

"""


def contents(root: Path) -> dict[Path, bytes]:
    """All that is written, by file below `root`, the pipeline's folder.

    Raises `InputError` where README or docs have no place for it, or show a picture that is not drawn.
    """
    everything = results.read_all(root)
    scales = ", ".join(sorted({each.comparison.scale for each in everything}))
    files = {
        README: _between(root, README, "results", markdown.summary(everything, RESULTS.as_posix())),
        RESULTS: HEAD.format(scales=scales) + markdown.details(everything) + "\n",
        PUBLISHED: _between(root, PUBLISHED, "published", markdown.compared(everything)),
    }
    written = {path: text.encode() for path, text in files.items()}
    return written | _images(root, files)


def update(root: Path = Path()) -> list[Path]:
    """Write what changed in README and docs of the pipeline in `root`; return those files."""
    changed = []
    for path, content in contents(root).items():
        target = root / path
        if target.exists() and target.read_bytes() == content:
            continue
        with replacing(target) as temporary:
            temporary.write_bytes(content)
        changed.append(path)
    return changed


def _between(root: Path, path: Path, name: str, content: str) -> str:
    """The text of `path` with what is between two markers replaced."""
    if not (root / path).exists():
        raise InputError(f"{root / path}: no such file; run this in the top folder of the pipeline")
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = (root / path).read_text(encoding="utf-8").partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        raise InputError(f"{path}: no {opening} … {closing} to write the results between; add both lines")
    return f"{before}{opening}\n{content}\n{closing}{after}"


def _images(root: Path, files: Mapping[Path, str]) -> dict[Path, bytes]:
    """The pictures in docs/images that README and docs show, as they are drawn now."""
    docs = [text for path, text in files.items() if path.parent != README.parent]
    docs += [path.read_text(encoding="utf-8") for path in sorted((root / PUBLISHED.parent).glob("*.md"))]
    links = re.findall(rf"\({IMAGES.as_posix()}/([\w.-]+\.png)\)", files[README])
    links += [name for text in docs for name in re.findall(rf"\({IMAGES.name}/([\w.-]+\.png)\)", text)]
    result = {}
    for name in dict.fromkeys(links):
        pattern = paths.figures("*", "*") / name
        drawn = sorted(root.glob(pattern.as_posix()))
        if not drawn:
            raise InputError(f"{pattern}: README or docs show it, but it is not drawn; run `dvc repro`")
        result[IMAGES / name] = drawn[0].read_bytes()
    return result
