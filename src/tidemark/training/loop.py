"""The one training loop: steps, validation, early stopping, resume points."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from tidemark.core.network import Network
from tidemark.core.progress import Progress
from tidemark.training import optimizers
from tidemark.training.batches import Batch, Batches, random_stream
from tidemark.training.entry import TrainingEntry
from tidemark.training.events import Events
from tidemark.training.resume import ResumePoint
from tidemark.training.stop import Interrupted, StopRequest

VALIDATION_BATCH = 1024
LEAST_WORK = 20
"""Training time between resume points, as a multiple of what writing one takes: gigabytes take seconds."""


@dataclass(frozen=True)
class Problem:
    """What is learned: names of the input and the target array, the loss between them."""

    input: str
    target: str
    loss: Callable[[Tensor, Tensor], Tensor]
    validation: Batch
    """Validation signals, (signals, channels, length) each, on the device."""
    score: Callable[[Tensor, Tensor], float] | None = None
    """Of validation predictions and targets, recorded beside the loss."""


@dataclass
class History:
    """What a run leaves behind besides its weights."""

    curve: list[tuple[int, float, float]] = field(default_factory=list)
    """(step, mean training loss since the last row, validation loss)."""
    scores: list[float] = field(default_factory=list)
    """The validation score of each row, where the problem has one."""
    snapshots: list[tuple[int, Tensor]] = field(default_factory=list)
    """(step, estimate of the first validation signal, (channels, length))."""
    checkpoints: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    """Weights on the way, by name: step-<n>."""
    maps: dict[str, Tensor] = field(default_factory=dict)
    """What the trained model attends to in that signal, by kind: (length, length)."""
    cpu_seconds: float = 0.0
    """Processor time of all threads; of every process, where training went on from a resume point."""


def fit(
    fabric: Fabric,
    model: Network,
    batches: Batches,
    problem: Problem,
    entry: TrainingEntry,
    *,
    snapshots: int,
    resume: ResumePoint,
    checkpoint_seconds: float,
    stop: StopRequest,
    progress: Progress,
    events: Events | None = None,
) -> tuple[dict[str, Tensor], History]:
    """Train `model` and return the weights that did best on validation, and the run's history.

    `events`, if any, are written on the way. Raises `Interrupted`, after saving a resume point, when
    `stop` becomes true.
    """
    run = _Run(fabric, model, problem, entry, snapshots, events)
    if saved := resume.load():
        run.restore(*saved)
    if events is not None:
        events.begin(run.step)
    last_save, pause = time.monotonic(), checkpoint_seconds
    before = time.process_time() - run.history.cpu_seconds
    while not run.finished:
        run.history.cpu_seconds = time.process_time() - before
        if stop:
            run.save(resume)
            raise Interrupted
        of_dropout = random_stream(entry.seed, run.step, torch.device("cpu"))
        torch.manual_seed(of_dropout.initial_seed())
        run.one_step(batches.at(run.step))
        curve = run.history.curve
        progress.show(run.step, f"validation {curve[-1][2]:.5f}" if curve else "")
        if (begun := time.monotonic()) - last_save >= pause:
            run.save(resume)
            last_save = time.monotonic()
            pause = checkpoint_seconds and max(checkpoint_seconds, LEAST_WORK * (last_save - begun))
    run.history.cpu_seconds = time.process_time() - before
    if events is not None:
        events.finish(run.step, model, run.best)
    return run.best, run.history


class _Run:
    """A training run between two steps: everything that a resume point holds."""

    def __init__(
        self,
        fabric: Fabric,
        model: Network,
        problem: Problem,
        entry: TrainingEntry,
        snapshots: int,
        events: Events | None,
    ) -> None:
        self.fabric, self.problem, self.entry, self.events = fabric, problem, entry, events
        optimizer = optimizers.build(model, entry)
        self.model, self.optimizer = fabric.setup(model, optimizer)
        self.average = copy.deepcopy(model) if entry.average else None
        self._plain = model if self.average is None else self.average  # not in Fabric's wrapper
        self.step = 0
        self.waited = 0
        self.best_loss = float("inf")
        self.best = _copy(model.state_dict())
        self.running = torch.zeros((), device=fabric.device)
        self.counted = 0
        self.history = History()
        # Close together at first: most is learnt early.
        self.snapshot_steps = {round(entry.steps ** (place / (snapshots - 1))) for place in range(snapshots)}
        self._snapshot()

    @property
    def finished(self) -> bool:
        impatient = self.entry.patience is not None and self.waited >= self.entry.patience
        return self.step >= self.entry.steps or impatient

    def one_step(self, batch: Batch) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = optimizers.learning_rate(self.entry, self.step)
        self.optimizer.zero_grad()
        inputs, target = batch[self.problem.input], batch[self.problem.target]
        if self._plain.teacher_forcing:
            estimate, target = self.model(inputs, target)
        else:
            estimate = self.model(inputs)
        loss = self.problem.loss(estimate, target)
        self.fabric.backward(loss)
        if self.entry.clip is not None:
            self.fabric.clip_gradients(self.model, self.optimizer, max_norm=self.entry.clip)
        self.optimizer.step()
        if self.average is not None:
            self._update_average(self.average)
        self.running += loss.detach()
        self.counted += 1
        self.step += 1
        if self.step in self.snapshot_steps:
            self._snapshot()
        if self.entry.checkpoint_every and self.step % self.entry.checkpoint_every == 0:
            self.history.checkpoints[f"step-{self.step}"] = _copy(self._validated.state_dict())
        if self.step % self.entry.validate_every == 0 or self.step == self.entry.steps:
            self._validate()

    def _update_average(self, average: Network) -> None:
        # Early on the average follows the weights closely, so that it forgets the start.
        decay = min(self.entry.average, self.step / (self.step + 10))
        with torch.no_grad():
            for selected, live in zip(average.parameters(), self.model.parameters(), strict=True):
                selected.lerp_(live, 1 - decay)
            for buffer, live_buffer in zip(average.buffers(), self.model.buffers(), strict=True):
                buffer.copy_(live_buffer)

    @property
    def _validated(self) -> Network:
        return self.model if self.average is None else self.average

    def _predict(self, inputs: Tensor, *targets: Tensor) -> Tensor:
        """The network's predictions for `inputs`, where it validates with targets given those as well."""
        module = self._validated
        module.eval()
        parts = zip(*(torch.split(each, VALIDATION_BATCH) for each in (inputs, *targets)), strict=True)
        with torch.inference_mode():
            estimate = torch.cat([module(*part)[0] if targets else module(*part) for part in parts])
        module.train()
        return estimate.float()

    def _validate(self) -> None:
        inputs, target = (self.problem.validation[name] for name in (self.problem.input, self.problem.target))
        shown = (target,) if self._plain.validates_with_targets else ()
        estimate = self._predict(inputs, *shown)
        loss = self.problem.loss(estimate, target).item()
        self.history.curve.append((self.step, (self.running / self.counted).item(), loss))
        if self.problem.score is not None:
            self.history.scores.append(self.problem.score(estimate, target))
        self.running.zero_()
        self.counted = 0
        if self.events is not None:
            rate = self.optimizer.param_groups[0]["lr"]
            self.events.validated(*self.history.curve[-1], rate, self._plain)
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best = _copy(self._validated.state_dict())
        else:
            self.waited += 1

    def _snapshot(self) -> None:
        estimate = self._predict(self.problem.validation[self.problem.input][:1])
        self.history.snapshots.append((self.step, estimate[0].cpu()))

    def save(self, resume: ResumePoint) -> None:
        if not self.fabric.is_global_zero:
            return
        tensors = {"running": self.running}
        tensors |= _prefixed("model", self.model.state_dict())
        moments, optimizer = optimizers.state(self.optimizer)
        tensors |= _prefixed("optimizer", moments)
        tensors |= _prefixed("best", self.best)
        tensors |= _prefixed("average", self.average.state_dict() if self.average is not None else {})
        for name, weights in self.history.checkpoints.items():
            tensors |= _prefixed(f"checkpoints/{name}", weights)
        tensors["snapshots"] = torch.stack([estimate for _, estimate in self.history.snapshots])
        resume.save(
            tensors,
            {
                "optimizer": optimizer,
                "step": self.step,
                "counted": self.counted,
                "waited": self.waited,
                "best_loss": self.best_loss,
                "curve": self.history.curve,
                "scores": self.history.scores,
                "cpu_seconds": self.history.cpu_seconds,
                "checkpoints": list(self.history.checkpoints),
                "snapshot_steps": [step for step, _ in self.history.snapshots],
            },
        )

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        self.model.load_state_dict(_below("model", tensors))
        optimizers.restore(self.optimizer, _below("optimizer", tensors), values["optimizer"])
        self.best = {name: tensor.to(self.fabric.device) for name, tensor in _below("best", tensors).items()}
        if self.average is not None:
            self.average.load_state_dict(_below("average", tensors))
        self.running = tensors["running"].to(self.fabric.device)
        self.step, self.counted = values["step"], values["counted"]
        self.waited, self.best_loss = values["waited"], values["best_loss"]
        self.history.curve = [tuple(row) for row in values["curve"]]
        self.history.scores = list(values["scores"])
        self.history.cpu_seconds = values["cpu_seconds"]
        self.history.checkpoints = {
            name: _below(f"checkpoints/{name}", tensors) for name in values["checkpoints"]
        }
        self.history.snapshots = list(
            zip(values["snapshot_steps"], tensors["snapshots"].unbind(), strict=True)
        )
        print(f"going on from step {self.step} of {self.entry.steps}", flush=True)


def _copy(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in state.items()}


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(f"{prefix}/"): t for name, t in tensors.items() if name.startswith(f"{prefix}/")
    }
