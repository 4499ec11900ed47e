"""What DVC's own commands cost on this repository while everything is up to date.

CPU seconds, user and system, of a command with all its children; medians of runs taken in turn, and how many times that
is of Python importing DVC. With `--experiment` also what `dvc exp run` of one small model costs beyond its training,
from the root and inside its task's folder, in a copy of the checkout. With `--smoke` all of it on a pipeline of three
stages that is written for it.

Run in a checkout whose pipeline is up to date: python benchmarks/dvc_costs.py [--runs N] [--experiment] [--smoke]
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

BIN = Path(sys.executable).parent
DVC, TIDEMARK = str(BIN / "dvc"), str(BIN / "tidemark")
IMPORT = [sys.executable, "-c", "import dvc.repo"]
TASK, MODEL = "denoise", "sine-rnn"
HIDDEN = f"models.{MODEL}.hyperparameters.hidden"
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("TIDEMARK_")} | {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "DVC_NO_ANALYTICS": "1",
}
TINY = {
    ".dvc/config": "[core]\n    analytics = false\n",
    ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
    ".gitignore": "__pycache__\n",
    "params.yaml": "scale: smoke\n",
    "dvc.yaml": "stages:\n  report: {cmd: python -m stages.copy page scores, deps: [scores], outs: [page]}\n",
    f"pipelines/{TASK}/params.yaml": f"models:\n  {MODEL}: {{hyperparameters: {{hidden: 30}}}}\n",
    f"pipelines/{TASK}/dvc.yaml": """stages:
  evaluate: {wdir: ../.., cmd: python -m stages.copy scores weights, deps: [weights], outs: [scores]}
""",
    f"pipelines/{TASK}/train/dvc.yaml": f"""vars: [../params.yaml]
stages:
  train:
    foreach: ${{models}}
    do:
      wdir: ../../..
      cmd: python -m stages.train {TASK} ${{key}}
      params: [{{pipelines/{TASK}/params.yaml: ["models.${{key}}"]}}]
      outs: [weights]
""",
    "stages/train.py": f"""from pathlib import Path
Path("weights").write_text(Path("pipelines/{TASK}/params.yaml").read_text())
""",
    "stages/copy.py": "import shutil, sys\nshutil.copy(sys.argv[2], sys.argv[1])\n",
}
"""Files of the pipeline of three stages."""


def run(command: list[str], folder: Path) -> tuple[float, str]:
    """CPU seconds of a command with its children, and what it printed; ends this process if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"error: {' '.join(command)}, in {folder}: {(done.stderr or done.stdout).strip()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def check_up_to_date(root: Path) -> None:
    """End this process if a stage has something to do."""
    stages = json.loads(run([DVC, "status", "--json"], root)[1])
    if changed := [stage for stage, why in stages.items() if why != ["always changed"]]:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        sys.exit(f"error: {', '.join(changed[:3])}{more}: not up to date; run `tidemark repro` first")


def show_size(root: Path) -> None:
    """Print how many stages there are, the most dependencies of one, and the largest lock."""
    from dvc.dependency import ParamsDependency
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        dependencies = {
            f"{stage.path_in_repo}:{stage.name}": sum(
                not isinstance(each, ParamsDependency) for each in stage.deps
            )
            for stage in repo.index.stages
        }
    most = max(dependencies, key=dependencies.__getitem__)
    locks = [path for path in [root / "dvc.lock", *root.glob("pipelines/**/dvc.lock")] if path.exists()]
    largest = max(locks, key=lambda path: path.stat().st_size)
    print(f"{len(dependencies)} stages; most dependencies: {dependencies[most]}, of {most}; "
          f"largest lock: {largest.stat().st_size / 1000:.1f} KB, {largest.relative_to(root)}", flush=True)  # fmt: skip


def show_commands(root: Path, runs: int) -> None:
    """Print what each command costs that finds nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "dvc repro": [DVC, "repro"],
            "dvc status": [DVC, "status"],
            "dvc exp show": [DVC, "exp", "show"],
            "dvc metrics diff": [DVC, "metrics", "diff"],
            "dvc plots diff": [DVC, "plots", "diff", "--out", folder],
            "tidemark repro": [TIDEMARK, "repro"],
        }
        spent: dict[str, list[float]] = {name: [] for name in commands}
        imports = []
        for _ in range(runs):
            imports.append(run(IMPORT, root)[0])
            for name, command in commands.items():
                spent[name].append(run(command, root)[0])
    once = median(imports)
    for name, each in spent.items():
        print(
            f"{name}: {median(each):.2f} CPU s, {median(each) / once:.1f} times import dvc.repo", flush=True
        )


def show_experiments(root: Path, folder: Path) -> None:
    """Print what experiments of one model cost beyond its training, in a copy of `root` in `folder`."""
    copy_checkout(root, folder)
    changes = {
        "the root": (folder, f"pipelines/{TASK}/params.yaml:{HIDDEN}=31"),
        f"pipelines/{TASK}": (folder / "pipelines" / TASK, f"{HIDDEN}=32"),
    }
    spent = {
        where: run([DVC, "exp", "run", "--set-param", change], place)[0]
        for where, (place, change) in changes.items()
    }
    training, _ = run([sys.executable, "-m", "stages.train", TASK, MODEL], folder)
    for where, each in spent.items():
        print(f"dvc exp run -S {HIDDEN}=…, from {where}: {each:.2f} CPU s, {each - training:.2f} beyond "
              f"training's {training:.2f}, {each / training:.1f} times that", flush=True)  # fmt: skip


def copy_checkout(root: Path, folder: Path) -> None:
    """Copy a checkout as it is, changes included, with a cache and a history of its own."""
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], root)[1]
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    cache = Path(run([DVC, "cache", "dir"], root)[1].strip())
    shutil.copytree(cache, folder / ".dvc" / "cache", copy_function=link)
    commit(folder)
    run([DVC, "checkout"], folder)
    check_up_to_date(folder)


def link(source: str, target: str) -> None:
    """A hard link to a file, a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def commit(folder: Path) -> None:
    """Make `folder`, with a .dvc folder in it, a repository with one commit."""
    # What DVC remembers of files, else left behind in a folder that all its repositories share.
    (folder / ".dvc" / "config.local").write_text(f"[core]\n    site_cache_dir = {folder / '.dvc' / 'tmp'}\n")
    run(["git", "init", "--quiet"], folder)
    for key, value in {"name": "benchmark", "email": "benchmark@example.com"}.items():
        run(["git", "config", f"user.{key}", value], folder)
    run(["git", "add", "--all"], folder)
    run(["git", "commit", "--quiet", "--message", "all"], folder)


def write_tiny(folder: Path) -> None:
    """Write the pipeline of three stages, and run it."""
    for name, text in TINY.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit(folder)
    run([DVC, "repro"], folder)
    run(["git", "add", "--all"], folder)
    run(["git", "commit", "--quiet", "--message", "run"], folder)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--experiment", action="store_true", help="run experiments too, in a copy; minutes")
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root, runs = (Path(name) / "tiny", 1) if chosen.smoke else (Path(__file__).parents[1], chosen.runs)
        if chosen.smoke:
            write_tiny(root)
        check_up_to_date(root)
        show_size(root)
        show_commands(root, runs)
        if chosen.experiment or chosen.smoke:
            show_experiments(root, Path(name) / "copy")


if __name__ == "__main__":
    main()
