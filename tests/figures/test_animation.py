from dataclasses import replace

import numpy as np
import pytest

from tidemark.figures import animation
from tidemark.figures.estimates import Learning
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row, Score
from tidemark.figures.units import units
from tidemark.figures.views import DENOISE

NONE = Score(1.0, 1.0, 1.0)


def pair(label: str, frames: int) -> tuple[Row, Learning]:
    line = np.sin(np.arange(20.0))
    grown = np.linspace(0, 1, frames)[:, None] * line
    row = Row("d", 1, f"d-{label}", "model", {"l1": NONE}, 1.0, "", 1)
    return row, Learning(np.arange(frames) * 10, grown, line, line)


def test_as_many_frames_as_the_longest_and_all_different() -> None:
    images = animation.frames([pair("rnn", 3), pair("gru", 5)], Colours([]), units(DENOISE), dpi=60)
    assert len(images) == 5
    assert len({image.tobytes() for image in images}) == 5
    assert len({image.size for image in images}) == 1


def test_no_learning_no_frames() -> None:
    assert animation.frames([], Colours([]), units(DENOISE)) == []


@pytest.mark.parametrize("count", [1, 3, 7])
def test_any_number_of_models(count: int) -> None:
    assert (
        len(animation.frames([pair(f"m{i}", 2) for i in range(count)], Colours([]), units(DENOISE), dpi=40))
        == 2
    )


def test_long_trainings_are_thinned_to_their_ends() -> None:
    images = animation.frames([pair("rnn", 3 * animation.FRAMES)], Colours([]), units(DENOISE), dpi=40)
    assert len(images) == animation.FRAMES
    row, learning = pair("rnn", 3 * animation.FRAMES)
    ends = replace(learning, step=learning.step[[0, -1]], estimate=learning.estimate[[0, -1]])
    first, last = animation.frames([(row, ends)], Colours([]), units(DENOISE), dpi=40)
    assert (images[0].tobytes(), images[-1].tobytes()) == (first.tobytes(), last.tobytes())
