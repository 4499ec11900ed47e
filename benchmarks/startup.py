"""What starting costs: each kind of stage at scale smoke and `tidemark predict` against `import torch`, and `--help`.

Stages run in a folder of their own, on one dataset and one model of this checkout at scale smoke, one after the other
as the pipeline would; the model then predicts a short file. CPU seconds of processes with their children, medians of runs taken in turn.

Run: python benchmarks/startup.py [--runs N] [--smoke]
"""

import argparse
import math
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
TASK, DATASET, MODEL = "denoise", "sine", "sine-rnn"
STAGES = {
    "generate": [TASK, DATASET],
    "train": [TASK, MODEL],
    "evaluate": [TASK, DATASET],
    "figures": [TASK, DATASET],
    "report": [],
}
RECORDING = "recording.csv"
ONLY = {"datasets": DATASET, "models": MODEL, "baselines": DATASET, "limits": DATASET}
"""The one entry of each group that is there."""


def write_params(folder: Path) -> None:
    """Write the parameters of one small dataset and one model into `folder`, and a recording."""
    top = re.sub(r"(?m)^scale:.*", "scale: smoke", (ROOT / "params.yaml").read_text())
    (folder / "params.yaml").write_text(top)
    shutil.copytree(ROOT / "pipelines" / TASK, folder / "pipelines" / TASK)
    path, yaml = folder / "pipelines" / TASK / "params.yaml", YAML(typ="safe")
    tree = yaml.load(path)
    for group, name in ONLY.items():
        tree[group] = {name: tree[group][name]}
    tree = {group: entries for group, entries in tree.items() if group in (*ONLY, "recipes")}
    yaml.dump(tree, path)
    drawn = random.Random(0)
    rows = (f"{math.sin(place * math.tau / 60) + drawn.uniform(-0.35, 0.35)}\n" for place in range(1000))
    (folder / RECORDING).write_text("value\n" + "".join(rows))


def seconds(command: list[str], folder: Path) -> float:
    """CPU seconds of one run of a command in `folder`, its children's included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TIDEMARK_")}
    environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'src'}"
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: {' '.join(command)}: {done.stderr.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    plain = {"python -c pass": [PYTHON, "-c", "pass"], "import torch": [PYTHON, "-c", "import torch"]}
    commands = {stage: [PYTHON, "-m", f"stages.{stage}", *what] for stage, what in STAGES.items()}
    tidemark = str(Path(PYTHON).parent / "tidemark")
    commands["tidemark predict"] = [tidemark, "predict", MODEL, RECORDING]
    commands["tidemark --help"] = [tidemark, "--help"]
    spent: dict[str, list[float]] = {name: [] for name in plain | commands}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_params(folder)
        for _ in range(1 if arguments.smoke else arguments.runs):
            for name, command in (plain | commands).items():
                spent[name].append(seconds(command, folder))
    for name in commands:
        other = "python -c pass" if name == "tidemark --help" else "import torch"
        ratio = median(a / b for a, b in zip(spent[name], spent[other], strict=True))
        print(f"{name}: {median(spent[name]):.2f} CPU s, {ratio:.2f} times {other}")


if __name__ == "__main__":
    main()
