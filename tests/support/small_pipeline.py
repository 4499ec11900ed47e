"""A pipeline of one dataset as files: two models, one of them going on from the other, and a baseline."""

from __future__ import annotations

import subprocess
from pathlib import Path

FILES = {
    "params.yaml": """
scale: laptop
training: {threads: 1, snapshots: 40}
evaluation: {resamples: 1000, confidence: 0.95, seed: 0, examples: 3}
""",
    "dvc.yaml": """
stages:
  report: {cmd: x, deps: [src/tidemark/report, metrics], outs: [plots/report.html]}
""",
    "pipelines/forecast/params.yaml": """
datasets:
  d:
    {generator: wave, law: {length: 9}, common: {law: {rate: 7}}, smoke: {train: 1}, laptop: {train: 2},
     paper: {train: 3}}
  other: {generator: wave, law: {length: 5}, smoke: {train: 1}, laptop: {train: 2}, paper: {train: 3}}
recipes:
  slow: {training: {batch: 8}, smoke: {steps: 1}, laptop: {steps: 20}, paper: {steps: 30, width: {a: 1}}}
models:
  d-net: {dataset: d, arch: line, recipe: slow, smoke: {}, laptop: {}, paper: {seed: 4, width: {b: 2}}}
  d-plain: {dataset: d, arch: curve, recipe: slow, smoke: {}, laptop: {}, paper: {}}
finetuned:
  d-more: {dataset: d, arch: line, recipe: slow, init_from: d/d-net, smoke: {}, laptop: {}, paper: {}}
baselines:
  d: {last-value: {}, ridge: {method: linear, options: {penalty: 2}}}
  other: [last-value]
limits:
  d: [exact]
  other: []
""",
    "pipelines/forecast/dvc.yaml": """
vars: [../../params.yaml]
stages:
  generate:
    foreach: ${datasets}
    do:
      cmd: x
      wdir: ../..
      deps: [stages/generate.py, src/tidemark/core, "src/tidemark/forecast/laws/${item.generator}.py"]
      outs: ["data/${key}/fit", "data/${key}/test"]
  evaluate:
    foreach: ${baselines}
    do:
      cmd: x
      wdir: ../..
      deps: [stages/evaluate.py, src/tidemark/core, src/tidemark/forecast, "data/${key}", "models/${key}"]
      outs: ["plots/details/forecast/${key}/models"]
""",
    "pipelines/forecast/train/dvc.yaml": """
vars: [../../../params.yaml, ../params.yaml]
stages:
  train:
    foreach: ${models}
    do:
      cmd: x
      wdir: ../../..
      deps:
        [stages/train.py, src/tidemark/core, src/tidemark/tables, "src/tidemark/forecast/models/${item.arch}.py",
         "data/${item.dataset}/fit"]
      outs:
        - models/${item.dataset}/${key}: {cache: false}
  finetune:
    foreach: ${finetuned}
    do:
      cmd: x
      wdir: ../../..
      deps: [stages/train.py, "models/${item.init_from}"]
      outs: ["models/${item.dataset}/${key}"]
""",
    "stages/generate.py": "import tidemark.core.store\n",
    "stages/train.py": "def late():\n    from tidemark.core import loop\n",
    "stages/evaluate.py": "from tidemark.report import page\n",
    "src/tidemark/core/store.py": "",
    "src/tidemark/core/loop.py": "",
    "src/tidemark/core/unused.py": "",
    "src/tidemark/tables/by_name.py": "",
    "src/tidemark/report/page.py": "",
    "src/tidemark/forecast/laws/wave.py": "",
    "src/tidemark/forecast/metrics.py": "from tidemark.forecast.sums import total\n",
    "src/tidemark/forecast/sums.py": "",
    "src/tidemark/forecast/models/line.py": "",
    "src/tidemark/forecast/models/curve.py": "",
    "src/tidemark/forecast/baselines/last_value.py": "",
    "src/tidemark/forecast/baselines/linear.py": "",
    "src/tidemark/forecast/limits/exact.py": "",
    "src/tidemark/forecast/figures/section.py": "",
}  # fmt: skip


def write(root: Path) -> Path:
    """Write it below `root`."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def replace(path: Path, old: str, new: str) -> None:
    """Put `new` in the place of `old`, which is in the file once."""
    text = path.read_text()
    assert text.count(old) == 1, f"{path}: {old!r}"
    path.write_text(text.replace(old, new))


def commit(root: Path) -> str:
    """Commit all that is in `root`, a Git repository from now on; returns the commit."""
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*who, "commit", "--quiet", "--message", "scores"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()
