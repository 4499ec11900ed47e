"""Everything that the stage leaves of a study: days drawn from a chain, predictions made up."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from support import figures
from support.figures import info, texts, titles, write_csv
from support.scored import predictor
from tidemark.classify.figures.view import VIEW
from tidemark.core.errors import InputError

Ints = npt.NDArray[np.int64]
CLASSES = ["bicycling", "mixed", "sit-stand", "sleep", "vehicle", "walking"]
RIGHT = {
    "residual": ("model", 0.93), "spectrogram-cnn": ("model", 0.87), "random-forest": ("baseline", 0.82),
    "rocket": ("baseline", 0.79), "majority": ("baseline", 0.0),
}  # fmt: skip
"""Kind, and the share of windows that are predicted right but by chance."""
PEOPLE = ["P05", "P06", "P07", "P08"]
WRIST = info(name="wrist", task="classify", generator="recorded", length=3000, sampling_rate=100.0, rate_unit="s",
             units="g", classes=CLASSES, participants=PEOPLE)  # fmt: skip
FIGURES = [
    "A day of P05", "A day of P06", "What is taken for what", "Spectrograms: the first windows of each class",
    "Spectrograms: windows of each class drawn at random", "Learning curves", "κ while training",
    "From one participant to the next", "Reliability of confidence",
]  # fmt: skip


def day(random: np.random.Generator, windows: int) -> tuple[Ints, Ints]:
    """Seconds since 1970 and class of each annotated window; (windows,) each, with gaps."""
    change = random.uniform(size=windows) < 0.02
    label = random.choice([0, 1, 2, 2, 4, 5, 5], windows)
    label = label[np.maximum.accumulate(np.where(change, np.arange(windows), 0))]
    label[int(0.6 * windows) : int(0.9 * windows)] = 3
    present = np.ones(windows, dtype=bool)
    present[int(0.2 * windows) : int(0.26 * windows)] = False
    return (1_478_998_800 + 30 * np.arange(windows))[present], label[present]


def predicted(random: np.random.Generator, true: Ints, right: float) -> tuple[Ints, Ints]:
    """A class for each window, and the most frequent one of the five around it; (windows,) each."""
    own = np.where(
        random.uniform(size=len(true)) < right, true, (true + random.integers(1, 6, len(true))) % 6
    )
    own = own if right else np.full_like(true, 3)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(own, 2, mode="edge"), 5)
    return own, np.stack([(around == label).sum(1) for label in range(6)]).argmax(0)


def write_gallery(folder: Path) -> None:
    """Spectrograms, fewer of one class, and what became of the participants."""
    spectrograms = np.random.default_rng(3).gumbel(-3.0, 1.0, (6, 10, 61, 61))
    spectrograms[4, 7:] = np.nan
    folder.mkdir(parents=True)
    np.save(folder / "first.npy", spectrograms.astype(np.float16))
    np.save(folder / "random.npy", spectrograms[:, ::-1].astype(np.float16))
    people = {
        name: {"windows": 400, "dropped": {"no_annotation": 30, "missing_values": 2}} for name in PEOPLE
    }
    skipped = {"P03": "P03.csv.gz, row 52011, column x: 'abc'; expected a number"}
    study = {"classes": CLASSES, "participants": people, "skipped": skipped, "made_up": True}
    (folder / "study.json").write_text(json.dumps(study))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset as evaluation, training and spectrograms leave it."""
    folder, random = tmp_path_factory.mktemp("classify"), np.random.default_rng(5)
    write_gallery(folder / "plots/details/classify/wrist/gallery")
    days = {name: day(random, 300) for name in PEOPLE}
    metrics = [metric.name for metric in (*VIEW.metrics, *VIEW.others)]
    predictors = [
        predictor(
            label, kind, dataset="wrist", parameters=2_776_357, **dict.fromkeys(metrics, max(right, 0.01))
        )
        for label, (kind, right) in RIGHT.items()
    ]
    figures.write_scored(folder, VIEW, WRIST, predictors)
    for each in predictors:
        details, right = figures.details(folder, WRIST, each), RIGHT[each.label][1]
        said = {who: predicted(random, true, right) for who, (_, true) in days.items()}
        counts = np.zeros((2, 6, 6), dtype=int)
        for who, (_, true) in days.items():
            for smoothed in (0, 1):
                np.add.at(counts[smoothed], (true, said[who][smoothed]), 1)
        cells = [["test", *map(int, place), int(windows)] for place, windows in np.ndenumerate(counts)]
        named = [[test, way, CLASSES[i], CLASSES[j], windows] for test, way, i, j, windows in cells]  # type: ignore[call-overload]
        write_csv(details / "confusion.csv", "test,smoothed,true,predicted,windows", named)
        scores = [["test", way, name, 0.8, right, 0.5, 40] for way in (0, 1) for name in CLASSES]
        write_csv(details / "classes.csv", "test,smoothed,class,precision,recall,f1,windows", scores)
        header = "test,participant,windows,kappa,smoothed_kappa,balanced_accuracy,macro_f1"
        write_csv(details / "participants.csv", header, [
            ["test", who, len(days[who][0]), right - place / 50, right, 0.9 * right, 0.85 * right]
            for place, who in enumerate(PEOPLE)
        ])  # fmt: skip
        shares = [["test", x, x**1.3, max(x**1.3 - 0.04, 0), x**1.3 + 0.02] for x in (0.25, 0.5, 0.9)]
        write_csv(details / "reliability.csv", "test,nominal,observed,low,high", shares)
        windows = [
            ["test", who, str(np.datetime64(int(t), "s")), CLASSES[a], CLASSES[b], CLASSES[c], 0.8]
            for who in PEOPLE[:2] for t, a, b, c in zip(*days[who], *said[who], strict=True)
        ]  # fmt: skip
        write_csv(
            details / "timeline.csv", "test,participant,time,true,predicted,smoothed,confidence", windows
        )
        if each.kind == "model":
            curve = [[step, 1 / step, 1.1 / step, right * (1 - 1 / step)] for step in (2, 60, 600)]
            write_csv(figures.model(folder, each) / "curve.csv", "step,train,validation,kappa", curve)
    return folder


@pytest.fixture(scope="module")
def wrist(root: Path) -> Path:
    return figures.draw(root, "classify", "wrist")


def test_figures(wrist: Path) -> None:
    assert titles(wrist) == FIGURES
    written = {title: texts(wrist, title) for title in FIGURES}
    three = {"residual", "spectrogram-cnn", "random-forest"}
    assert three | {"best model", "published network", "best baseline", "sleep"} <= written[FIGURES[2]]
    for title in FIGURES[:2]:
        assert three | {"annotated", "smoothed", "predicted", "sit-stand", "2016-Nov-13"} <= written[title]
    assert {"bicycling", "50 Hz", "30 s", "0 dB"} <= written[FIGURES[3]] & written[FIGURES[4]]
    assert {"residual", "spectrogram-cnn"} <= written[FIGURES[5]] & written[FIGURES[6]]
    for title in FIGURES[7:]:
        assert three | {"rocket", "majority"} <= written[title]
    assert {"confidence in the prediction", "predictions that are right"} <= written[FIGURES[8]]


def test_what_was_dropped_skipped_and_made_up_is_said(wrist: Path) -> None:
    found = figures.section(wrist)
    assert found["made_up"] is True and found["notes"] == [
        "4 participants, 1,600 windows; 128 more were dropped (no annotation: 120, missing values: 8).",
        "Skipped, since their recordings cannot be used: P03 (P03.csv.gz, row 52011, column x: 'abc'; expected a "
        "number).",
    ]


def test_tables_by_class_and_by_participant(wrist: Path) -> None:
    by_class, by_participant = figures.section(wrist)["tables"]
    assert [row[0] for row in by_class["rows"]] == CLASSES
    assert [row[0] for row in by_participant["rows"]] == PEOPLE
    assert by_participant["rows"][1][2:6] == pytest.approx([0.91, 0.93, 0.837, 0.7905])
    assert [group["role"] for group in by_class["groups"]] == [
        "best model",
        "published network",
        "best baseline",
    ]


def test_tables_for_plots_of_experiments(root: Path, wrist: Path) -> None:
    for label, (kind, _) in RIGHT.items():
        part = "models" if kind == "model" else "references"
        source = root / f"plots/details/classify/wrist/{part}/wrist-{label}/confusion.csv"
        assert (wrist / f"confusion_wrist-{label}.csv").read_bytes() == source.read_bytes()
    losses = figures.table(wrist / "curves.csv")
    assert {row["kappa"] for row in losses if row["split"] == "train"} == {""}
    assert {row["kappa"] for row in losses if row["split"] == "validation"} > {"0.465"}
    assert not (wrist / "position.csv").exists() and not (wrist / "tests.csv").exists()


def test_one_file_is_beside_the_page(wrist: Path) -> None:
    assert {path.name for path in wrist.glob("*.png")} == {"wrist-day-1.png", "wrist-leaderboard.png"}
    assert all(path.stat().st_size < 100_000 for path in wrist.iterdir())


def test_what_is_missing_has_no_figure(root: Path, tmp_path: Path) -> None:
    less = tmp_path / "less"
    shutil.copytree(root, less, ignore=shutil.ignore_patterns("gallery", "wrist-*"))
    for label in ("residual", "spectrogram-cnn"):
        shutil.copytree(root / f"models/wrist/wrist-{label}", less / f"models/wrist/wrist-{label}")
    drawn = figures.draw(less, "classify", "wrist")
    assert titles(drawn) == ["Learning curves", "κ while training"]
    assert figures.section(drawn)["tables"] == figures.section(drawn)["notes"] == []


@pytest.mark.parametrize("name", ["confusion", "timeline"])
def test_a_broken_table_is_named_in_one_line_and_nothing_is_left(
    root: Path, tmp_path: Path, name: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(root, broken, ignore=shutil.ignore_patterns("datasets"))
    path = Path(f"plots/details/classify/wrist/references/wrist-rocket/{name}.csv")
    (broken / path).write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=re.escape(f"{path}: ")) as caught:
        figures.draw(broken, "classify", "wrist")
    assert "\n" not in str(caught.value) and not (broken / "plots/datasets/classify/wrist").exists()
