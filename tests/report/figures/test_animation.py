import re
from dataclasses import replace

import numpy as np
import pytest

from support.figures import results
from support.scored import predictor
from tidemark.denoise.figures.view import VIEW
from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures import animation
from tidemark.report.figures.signals import Learned
from tidemark.report.figures.style import styled
from tidemark.report.figures.svg import svg


def trained(label: str, frames: int) -> tuple[Predictor, Learned]:
    line = np.sin(np.arange(20.0))
    grown = np.linspace(0, 1, frames)[:, None] * line
    return predictor(label, "model", l1=1.0), Learned(np.arange(frames) * 10, grown, line, line)


def moving(*shown: tuple[Predictor, Learned]) -> dict[int, list[str]]:
    """By frame, what is seen in it only."""
    with styled():
        text = svg(animation.figure(results(VIEW, *(each for each, _ in shown)), shown), "a", "b")
    frames: dict[int, list[str]] = {}
    for delay, content in re.findall(
        r'<g class="\w+-f[^"]*" style="animation-delay:([\d.]+)s">(.*?)</g>', text
    ):
        frames.setdefault(round(float(delay) / 0.2), []).append(content)
    return frames


def test_as_many_frames_as_the_longest_and_all_different() -> None:
    frames = moving(trained("rnn", 3), trained("gru", 5))
    assert list(frames) == list(range(5))
    assert all(len(seen) == 4 for seen in frames.values())  # a line and a step for both
    assert len({"".join(seen) for seen in frames.values()}) == 5
    assert "step 40" in "".join(frames[4]) and "step 20" in "".join(frames[4])


@pytest.mark.parametrize("count", [1, 3, 7])
def test_any_number_of_models(count: int) -> None:
    assert len(moving(*(trained(f"m{place}", 2) for place in range(count)))) == 2


def test_long_trainings_are_thinned_to_their_ends() -> None:
    net, own = trained("rnn", 3 * animation.FRAMES)
    frames = moving((net, own))
    assert len(frames) == animation.FRAMES
    ends = moving((net, replace(own, step=own.step[[0, -1]], prediction=own.prediction[[0, -1]])))

    def shape(contents: list[str]) -> list[str]:
        return re.findall(r' d="([^"]*)"|>(step [\d,]*)<', "".join(contents))

    assert shape(frames[0]) == shape(ends[0]) and shape(frames[animation.FRAMES - 1]) == shape(ends[1])


def test_readers_who_want_nothing_to_move_see_the_last_frame() -> None:
    with styled():
        net, own = trained("rnn", 4)
        text = svg(animation.figure(results(VIEW, net), [(net, own)]), "a", "b")
    (still,) = re.findall(r"@media print,\(prefers-reduced-motion:reduce\)\{([^@]*)\}</style>", text)
    last = set(re.findall(r'class="(\w+-f) (\w+-l)"', text))
    assert len(last) == 1 and all(f".{name}{{" in still for name in last.pop())
    # Three frames of a fifth of a second, and the last one for two.
    assert "2.6s step-end infinite" in text and "7.69%" in text and "76.92%" in text
