"""The LSTM's one-step error as it was published, with targets that wrap round, and without that artefact.

Published: 0.165 in all for 32 batches, 0.0052 a batch, of targets made by rolling each signal of 105 samples by
one; so the last target is the signal's first sample, which no law of signals asks for. Ours is never trained on that;
what is scored here goes on from it for some steps with the published targets, as the published network was
trained on them throughout. Fresh signals of the dataset's law, true samples before each prediction.

Run in the repository's top folder, with the model trained: python benchmarks/wrapped_target.py [--smoke] [--keep].
--keep, at scale paper after `python -m stages.keep forecast harmonics-lstm`, puts these scores beside that one's own
in metrics/paper/harmonics-lstm.json, from where docs/published.md has them.
"""

import argparse

import torch
from torch import Tensor

from tidemark.core import params, paths, trained
from tidemark.core.store import read_json, write_json
from tidemark.forecast.laws import harmonics
from tidemark.forecast.models.long_short_term_memory import Hyperparameters, Model
from tidemark.training import optimizers
from tidemark.training.entry import TrainingEntry

DATASET, NAME = "harmonics", "harmonics-lstm"
PUBLISHED = 0.165 / 32
BATCH = 128
TESTED, TRAINED = 1 << 40, 1 << 41
"""Seeds of the signals, of which training takes one a step; no other training's."""


def network(smoke: bool) -> Model:
    """The trained model; for `smoke` one that has learnt nothing."""
    if smoke:
        torch.manual_seed(0)
        return Model(Hyperparameters(hidden=4), 1, 100, 5)
    loaded = trained.load(paths.model(DATASET, NAME)).network
    assert isinstance(loaded, Model)
    return loaded


def rolled(own: Model, signal: Tensor) -> Tensor:
    """Squared errors (signals, samples) of all predictions in `signal` (signals, samples), as published."""
    states, _ = own.recurrent(signal[..., None])
    return (own.readout(states)[..., 0] - signal.roll(-1, 1)).square()


def train_on(own: Model, law: harmonics.Law, steps: int) -> None:
    """Go on with the published targets, on fresh signals."""
    entry = TrainingEntry(
        loss="mse", optimizer="soap", steps=steps, batch=BATCH, learning_rate=1e-3, warmup=50
    )
    optimizer = optimizers.build(own, entry)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = optimizers.learning_rate(entry, step)
        loss = rolled(own, signals(law, BATCH, TRAINED + step)).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(own.parameters(), entry.clip or torch.inf)
        optimizer.step()


def signals(law: harmonics.Law, count: int, seed: int) -> Tensor:
    """Whole signals (count, samples) of the law."""
    drawn = harmonics.generate(law, count, torch.Generator().manual_seed(seed))
    return torch.cat([drawn["past"], drawn["future"]], -1)[:, 0]


def main() -> None:
    """Print the mean squared error of all targets, and what of it is the wrapped one's and what the others'."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--signals", type=int, default=10000)
    parser.add_argument("--steps", type=int, default=2000, help="of training with the published targets")
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    parser.add_argument("--keep", action="store_true", help="keep the scores in metrics/paper")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    written = params.at_scale(params.raw("forecast", "datasets", DATASET), DATASET, "paper")
    law = params.validate(harmonics.Law, written["law"], DATASET)
    count = 100 if arguments.smoke else arguments.signals
    own = network(arguments.smoke)
    train_on(own, law, 2 if arguments.smoke else arguments.steps)
    with torch.inference_mode():
        error = rolled(own, signals(law, count, TESTED))
    parts = {
        "wrapped": error.mean(1),
        "wrapped-target": error[:, -1] / error.shape[1],
        "without-wrapped-target": error[:, :-1].sum(1) / error.shape[1],
    }
    whole, last, rest = (each.mean().item() for each in parts.values())
    print(f"with the wrapped target {whole:.5f} (published {PUBLISHED:.5f}: {whole / PUBLISHED:.2f} times)")
    print(
        f"of that, the wrapped target alone {last:.6f}, {last / whole:.0%}, and all other targets {rest:.6f}"
    )
    print(f"a target after 100 samples {error[:, 99:-1].mean().item():.6f}")
    if arguments.keep:
        keep(parts)


def keep(parts: dict[str, Tensor]) -> None:
    """Put means over signals, (signals,), with their intervals beside the kept scores of the network."""
    path = paths.METRICS / "paper" / f"{NAME}.json"
    kept = read_json(path)
    for test, errors in parts.items():
        mean, half = errors.mean().item(), 1.96 * errors.std().item() / len(errors) ** 0.5
        kept["test"][test] = {"one_step_mse": {"value": mean, "low": mean - half, "high": mean + half}}
    again = " && python benchmarks/wrapped_target.py --keep"
    command = kept["provenance"]["command"]
    kept["provenance"]["command"] = command.removesuffix(again) + again
    write_json(path, kept)
    print(f"kept in {path}")


if __name__ == "__main__":
    main()
