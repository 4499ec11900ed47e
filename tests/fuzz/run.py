"""A long run by command: python -m fuzz.run --mutants 10000 --first 0 [FORMAT …], in tests/.

Every file that breaks a reader is kept in the corpus.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fuzz.mutation import mutants_of
from fuzz.seeds import SEEDS
from fuzz.watch import Watch

CORPUS = Path(__file__).parent / "corpus"


def broken(watch: Watch, form: str, numbers: range, kept: Path | None) -> dict[int, str]:
    """What went wrong, by number of mutant; such a mutant is written into the folder `kept`."""
    seeds, problems = SEEDS[form](), {}
    suffix = form if form in ("csv", "csv.gz", "wav", "npy", "parquet") else "bin"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mutant.{suffix}"
        for number in numbers:
            path.write_bytes(mutants_of(form, seeds, number))
            if problem := watch.problem(form, path):
                problems[number] = problem
                if kept is not None:
                    kept.mkdir(parents=True, exist_ok=True)
                    (kept / f"{form}-{number}.{suffix}").write_bytes(path.read_bytes())
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(SEEDS))
    parser.add_argument("--mutants", type=int, default=10_000, help="of each format")
    parser.add_argument("--first", type=int, default=0, help="number of the first: others are other mutants")
    parser.add_argument("--keep", type=Path, default=CORPUS, help="folder for files that broke a reader")
    chosen = parser.parse_args()
    watch = Watch()
    for form in chosen.formats or SEEDS:
        problems = broken(watch, form, range(chosen.first, chosen.first + chosen.mutants), chosen.keep / form)
        print(f"{form}: {len(problems)} of {chosen.mutants} mutants broke it")
        for number, problem in problems.items():
            print(f"  {number}: {problem}")
    watch.close()


if __name__ == "__main__":
    main()
