"""What linear denoisers with sixteen latent numbers can score at best, beside the published figures of such networks.

A linear decoder's estimates lie in a plane of as many dimensions as there are latent numbers, whatever stands
before it. On each test set of lincomb three errors are printed: `floor`, that of the plane fitted to that very
set without noise, which no such network passes; `pca`, that of the plane fitted to the training law, and the same
on noisy signals as a Wiener filter for noise of std 0.19; and the published one. Where a published figure lies below `pca`
by more than chance its test set was nearer to the training law than ours, which shifts every frequency by ¼.

Run in the repository's top folder: python benchmarks/sixteen_numbers.py [--signals N] [--smoke]
"""

import argparse

import torch
from torch import Tensor

from tidemark.core import params, paths
from tidemark.core.principal_start import principal
from tidemark.denoise.laws import lincomb

LATENT, NOISE = 16, 0.19
DATASETS = ("lincomb-pure", "lincomb-pseudo")


def draw(law: params.Tree, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Noisy and clean signals, (count, length) each."""
    checked = params.validate(lincomb.Law, law, "law")
    drawn = lincomb.generate(checked, count, torch.Generator().manual_seed(seed))
    return drawn["noisy"][:, 0], drawn["clean"][:, 0]


def outside(clean: Tensor, mean: Tensor, directions: Tensor) -> float:
    """Mean squared part of signals that lies outside a plane."""
    rest = clean - mean
    return (rest - rest @ directions.T @ directions).square().mean().item()


def main() -> None:
    """Print a row for every dataset and test set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--signals", type=int, default=20000)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    count, scale = (200, "smoke") if arguments.smoke else (arguments.signals, "paper")
    torch.set_num_threads(1)
    published = params.read(paths.published("denoise"))
    print(
        f"{'dataset':15} {'test set':12} {'floor':>8} {'pca':>8} {'wiener':>8}  published linear: ours, reference"
    )
    for name in DATASETS:
        entry = params.at_scale(params.raw("denoise", "datasets", name), name, scale)
        mean, directions, variances = principal(draw(entry["law"], count, 0)[1], LATENT)
        shrunk = (variances / (variances + NOISE**2))[:, None] * directions
        for test, changes in entry["tests"].items():
            noisy, clean = draw({**entry["law"], **changes}, count, 1)
            own = outside(clean, *principal(clean, LATENT)[:2])
            law = outside(clean, mean, directions)
            filtered = mean + (noisy - mean) @ shrunk.T @ directions
            wiener = (filtered - clean).square().mean().item()
            scores = [
                published[name]["scores"][f"{each}-linear"].get(test) for each in ("sta", "reference-sta")
            ]
            print(f"{name:15} {test:12} {own:8.5f} {law:8.5f} {wiener:8.5f}  {scores[0]}, {scores[1]}; "
                  f"the filter scores {wiener / (scores[0] or wiener):.2f} times the first")  # fmt: skip


if __name__ == "__main__":
    main()
