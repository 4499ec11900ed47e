"""The command line: one line and a non-zero exit for wrong input, and no heavy import for help."""

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from support import small_pipeline
from support.models import signals
from tidemark import cli
from tidemark.core import store, trained
from tidemark.evaluation import comparison

REPOSITORY = Path(__file__).parents[1]


def run(folder: Path, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """`tidemark` in a copy of the code, or in an empty folder; `given` is its standard input."""
    source = folder / "src" if (folder / "src").exists() else REPOSITORY / "src"
    code = f"import sys; sys.path.insert(0, {str(source)!r}); from tidemark.cli import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=120)


def stage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The code and the parameters, and a dataset and a model made without training."""
    for name in ("src", "stages"):
        shutil.copytree(
            REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    shutil.copytree(REPOSITORY / "pipelines", tmp_path / "pipelines")
    info = signals(name="sine", length=100, sampling_rate=50.0, rate_unit="s")
    network = trained.build("recurrent", {"hidden": 3}, info, "test")
    save(tmp_path, "tiny", "recurrent", info, network.state_dict(), hidden=3)
    return tmp_path


def save(
    folder: Path,
    name: str,
    arch: str,
    info: store.DatasetInfo,
    weights: dict[str, torch.Tensor],
    **chosen: int,
) -> None:
    """Put a trained model where `tidemark predict` looks for it."""
    described = trained.TrainedInfo(name, arch, chosen, causal=False, parameters=1, dataset=info)
    trained.save(folder / "models" / info.name / name, described, weights)


def test_help_imports_nothing_heavy() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'src')!r}); import tidemark.cli; "
        "print({'torch', 'pandas', 'scipy', 'matplotlib', 'numpy', 'dvc', 'pydantic'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["predict", "nothing", "x.csv"],
            "nothing: no trained model of that name; expected a folder, or one of tiny",
        ),
        (["predict", "src", "x.csv"], "src: no trained model there"),
        (["predict", "tiny", "missing.csv"], "missing.csv"),
        (["predict", "tiny", "missing.csv", "--horizon", "3"], "--horizon = 3: the model's task is denoise"),
        (["predict", "tiny", "missing.csv", "--std"], "--std: the model's task is denoise"),
        (["repro", "--jobs", "0"], "--jobs = 0: expected at least 1"),
        (["table"], "metrics: nothing is scored yet"),
        (["verify"], "no committed scores at 'HEAD'"),
    ],
)
def test_wrong_input_is_one_line(checkout: Path, arguments: list[str], message: str) -> None:
    result = run(checkout, *arguments)
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("replacement", "arguments", "message"),
    [
        (("arch: recurrent", "arch: nonsense"), ["stages.train", "denoise", "sine-rnn"],
         "models.sine-rnn.arch: no file of src/tidemark/denoise/models is named 'nonsense'; expected one of "),
        (("length: 100", "length: -1"), ["stages.generate", "denoise", "sine"], "datasets.sine.law.length = -1"),
        (("length: 100", "length: long"), ["stages.generate", "denoise", "sine"], "datasets.sine.law.length = 'long'"),
        (("period: 60", "period: 0"), ["stages.generate", "denoise", "sine"], "datasets.sine.law.period"),
        (("missing_targets: 50", "missing_targets: 500000"), ["stages.generate", "denoise", "sine-missing"],
         "datasets.sine-missing.missing_targets = 500000: more than half"),
        (("", ""), ["stages.generate", "denoise", "cosine"], "datasets.cosine: unknown; expected one of "),
    ],
)  # fmt: skip
def test_a_stage_refuses_wrong_parameters_and_leaves_nothing(
    checkout: Path, replacement: tuple[str, str], arguments: list[str], message: str
) -> None:
    top, path = checkout / "params.yaml", checkout / "pipelines/denoise/params.yaml"
    top.write_text(top.read_text().replace("scale: laptop", "scale: smoke"))
    path.write_text(path.read_text().replace(*replacement))
    if arguments[0] == "stages.train":
        assert stage(checkout, "stages.generate", "denoise", "sine").returncode == 0
    before = set(checkout.rglob("*"))
    result = stage(checkout, *arguments)
    assert result.returncode == 2, result
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert "pipelines/denoise/params.yaml: " in result.stderr
    assert result.stderr.count("\n") == 1
    left = {path for path in set(checkout.rglob("*")) - before if "__pycache__" not in path.parts}
    assert {path.name for path in left} <= {
        ".ckpt",
        "sine-rnn",
        "lock",
        "cost",
    }  # whoever trains holds a lock


def test_an_estimate_keeps_gaps_and_other_columns(checkout: Path) -> None:
    rows = ["t,value,note"] + [
        f"{k / 50},{'' if k == 7 else np.sin(k / 9):.4f},n{k}" if k != 7 else f"{k / 50},,n7"
        for k in range(150)
    ]
    (checkout / "x.csv").write_text("\n".join(rows) + "\n")
    result = run(checkout, "predict", "tiny", "x.csv", "--column", "value", "--time-column", "t")
    assert result.returncode == 0, result.stderr
    written = (checkout / "x-denoised.csv").read_text().splitlines()
    assert written[0] == rows[0]
    assert written[8] == rows[8]
    assert [line.split(",")[0::2] for line in written] == [line.split(",")[0::2] for line in rows]


LINE = """
from tidemark.core.frozen import Frozen
from tidemark.core.network import Architecture, Network
import torch
class Line(Network):
    def __init__(self, hyperparameters, channels, lookback, horizon):
        super().__init__()
        self.steps = torch.nn.Parameter(torch.arange(1.0, horizon + 1))
    def forward(self, past):
        return past[..., -1:] + (past[..., -1:] - past[..., -2:-1]) * self.steps
ARCHITECTURE = Architecture(Frozen, Line)
"""


@pytest.fixture
def forecaster(checkout: Path) -> Path:
    """A model that goes on along the line through the last two values, three steps at a time."""
    (checkout / "src/tidemark/forecast/models/line.py").write_text(LINE)
    info = signals(name="harmonics", task="forecast", length=20, horizon=3, normalisation="window")
    save(checkout, "line", "line", info, {"steps": torch.arange(1.0, 4)})
    rows = [f"2024-01-{day:02},{day * day},{20 - day / 2},n{day}\n" for day in range(1, 31)]
    (checkout / "x.csv").write_text("date,a,b,note\n" + "".join(rows))
    return checkout


def test_series_go_on_with_their_times(forecaster: Path) -> None:
    result = run(forecaster, "predict", "line", "x.csv", "--horizon", "4")
    assert (result.returncode, result.stdout) == (
        0, "x-forecast.csv: a, b, 4 rows forecast; left out: note\n",
    ), result.stderr  # fmt: skip
    written = [line.split(",") for line in (forecaster / "x-forecast.csv").read_text().splitlines()]
    assert written[0] == ["date", "a", "b"]
    assert [row[0] for row in written[1:]] == ["2024-01-31", "2024-02-01", "2024-02-02", "2024-02-03"]
    expected = [[900 + 59 * step, 5 - step / 2] for step in range(1, 5)]
    np.testing.assert_allclose(np.array(written[1:])[:, 1:].astype(float), expected, rtol=1e-4)


def test_standard_output_holds_the_forecast_and_nothing_else(forecaster: Path) -> None:
    text = (forecaster / "x.csv").read_text()
    result = run(forecaster, "predict", "line", "-", "--column", "b", given=text)
    assert result.returncode == 0, result.stderr
    assert [line.split(",")[0] for line in result.stdout.splitlines()] == [
        "date", "2024-01-31", "2024-02-01", "2024-02-02",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--column", "c"], "x.csv: no column 'c'; there are date, a, b, note"),
        (["--horizon", "0"], "--horizon = 0: expected at least 1"),
        (["--output", "x.csv"], "x.csv: is the file that is read"),
    ],
)
def test_a_forecast_that_cannot_be_made_is_one_line(
    forecaster: Path, arguments: list[str], message: str
) -> None:
    before = (forecaster / "x.csv").read_text()
    result = run(forecaster, "predict", "line", "x.csv", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {message}")
    assert result.stderr.count("\n") == 1
    assert (forecaster / "x.csv").read_text() == before
    assert not (forecaster / "x-forecast.csv").exists()


AVERAGE = """
from tidemark.core.frozen import Frozen
from tidemark.core.network import Architecture, Network
import torch
class Average(Network):
    def __init__(self, hyperparameters, members, length):
        super().__init__()
        self.std = torch.nn.Parameter(torch.tensor(0.25))
    def forward(self, context):
        mean = context[:, 2:].nanmean(-1, keepdim=True)
        return torch.cat([mean, self.std.expand_as(mean)], 1).expand(-1, -1, context.shape[2])
ARCHITECTURE = Architecture(Frozen, Average)
"""


def test_missing_values_are_inferred_in_place_and_their_uncertainty_on_request(checkout: Path) -> None:
    (checkout / "src/tidemark/infer/models/average.py").write_text(AVERAGE)
    info = signals(name="pairs", task="infer", channels=2, mean=[1.0, 10.0], std=[1.0, 10.0])
    save(checkout, "average", "average", info, {"std": torch.tensor(0.25)})
    rows = ["note,a,b", *(f"n{k},2.5,{'' if k == 7 else '25.0'}" for k in range(20))]
    (checkout / "x.csv").write_text("\n".join(rows) + "\n")
    arguments = ["predict", "average", "x.csv", "--column", "a", "--column", "b"]
    # All others are 1.5 standard deviations above their mean: b is 10 + 1.5 × 10, give or take 0.25 × 10.
    for option, name, line, value in [
        ([], "x-inferred.csv", "1 values inferred", "25.000000"),
        (["--std"], "x-inferred-std.csv", "standard deviations of 1 values inferred", "2.500000"),
    ]:
        result = run(checkout, *arguments, *option)
        assert (result.returncode, result.stdout) == (0, f"{name}: a, b, 20 rows, {line}\n"), result.stderr
        assert (checkout / name).read_text().splitlines() == [*rows[:8], rows[8] + value, *rows[9:]]


def test_a_name_that_two_datasets_have_is_refused_and_a_folder_is_not(checkout: Path) -> None:
    shutil.copytree(checkout / "models/sine", checkout / "models/other")
    (checkout / "x.csv").write_text("x\n" + "1.5\n" * 20)
    result = run(checkout, "predict", "tiny", "x.csv")
    assert result.stderr == (
        "error: tiny: several models are called so; name one of models/other/tiny, models/sine/tiny\n"
    )
    assert run(checkout, "predict", "models/sine/tiny", "x.csv").returncode == 0


def test_help_of_predict_covers_every_task(tmp_path: Path) -> None:
    result = run(tmp_path, "predict", "--help")
    assert all(word in result.stdout for word in ("Denoise", "forecast", "--horizon", "infer", "--std"))


def test_the_collector_is_left_out_of_imports_and_of_no_more() -> None:
    before = gc.get_freeze_count()
    try:
        with cli.imports():
            assert not gc.isenabled()
        assert gc.isenabled() and gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_a_stage_of_another_checkout_is_not_run(checkout: Path) -> None:
    """The code under the working directory runs, whatever is installed."""
    (checkout / "src/tidemark/core/errors.py").write_text("raise SystemExit('the copy')\n")
    result = stage(checkout, "stages.generate", "sine", "out")
    assert "the copy" in result.stderr


def test_models_lists_what_is_trained(checkout: Path) -> None:
    tiny = comparison.Predictor(
        "tiny", "sine", "model", False, 1, {"test": {"l1": comparison.Score(0.25, 0.2, 0.3)}}
    )
    scored = comparison.Comparison("denoise", "sine", "smoke", "l1", {"l1": "lower"}, [tiny])
    comparison.write(checkout / "metrics/denoise/sine.json", scored)
    result = run(checkout, "models")
    assert result.returncode == 0, result.stderr
    assert "tiny" in result.stdout
    assert "0.25" in result.stdout


def test_verify_says_by_its_status_whether_scores_are_inside(checkout: Path) -> None:
    def score(value: float, interval: tuple[float, float]) -> None:
        tiny = comparison.Predictor(
            "tiny", "sine", "model", False, 1, {"test": {"l1": comparison.Score(value, *interval)}}
        )
        scored = comparison.Comparison("denoise", "sine", "laptop", "l1", {"l1": "lower"}, [tiny])
        comparison.write(checkout / "metrics/denoise/sine.json", scored)

    score(0.25, (0.2, 0.3))
    small_pipeline.commit(checkout)
    for value, status, last in [(0.25, 0, "1 the same"), (0.28, 0, "1 inside"), (0.5, 1, "1 outside")]:
        score(value, (value, value))
        result = run(checkout, "verify", "--all")
        assert (result.returncode, result.stderr) == (status, "")
        assert last in result.stdout.splitlines()[-1]
    assert result.stdout.splitlines()[0] == "tiny, test, l1: 0.25 [0.2, 0.3], now 0.5: 2 widths outside"


def test_verify_imports_nothing_heavy() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY / 'src')!r}); import tidemark.report.verify; "
        "print({'torch', 'pandas', 'scipy', 'matplotlib', 'dvc'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_few_letters_and_a_folder_that_is_gone(checkout: Path) -> None:
    tiny = comparison.Predictor(
        "tiny", "sine", "model", False, 1, {"test": {"l1": comparison.Score(0.25, 0.2, 0.3)}}
    )
    scored = comparison.Comparison("denoise", "sine", "smoke", "l1", {"l1": "lower"}, [tiny])
    comparison.write(checkout / "metrics/denoise/sine.json", scored)
    command = f"{sys.executable} -m tidemark.cli table"

    def shell(line: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["sh", "-c", line], cwd=checkout, capture_output=True)

    shown = shell(f"PYTHONIOENCODING=ascii {command}")
    assert shown.returncode == 0 and shown.stdout.isascii() and b"0.25" in shown.stdout, shown.stderr
    (checkout / "signal.csv").write_text("v\n" + "1\n" * 200)
    closed = shell(f"{sys.executable} -m tidemark.cli predict tiny signal.csv --unchecked -o - >&-")
    assert closed.returncode == 2 and b"standard output: is closed" in closed.stderr
    gone = shell(f"mkdir gone; cd gone; rmdir ../gone; {command}")
    assert gone.returncode == 2
    assert gone.stderr == b"error: the folder that this runs in is gone; go to one that is there\n"
