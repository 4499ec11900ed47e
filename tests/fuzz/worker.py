"""A process that reads files one after another: a line has a format and a path; its answer is a line of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import soundfile

from fuzz import oracles
from fuzz.forked import Forked
from fuzz.oracles import same
from fuzz.physiological import edf_columns, parted, record_columns
from support.models import signals
from tidemark.classify.studies.dictionary import read_dictionary
from tidemark.classify.studies.participant import cut_participant
from tidemark.classify.studies.rows import read_rows
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.store import plain
from tidemark.denoise.prediction.command import denoise_file
from tidemark.forecast.prediction.command import forecast_file
from tidemark.pipeline import check
from tidemark.prediction.loading import load_model
from tidemark.project.survey import columns, survey
from tidemark.project.tidy import tidy
from tidemark.signals.recordings import parquet_stream
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.source import values_of

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SPARE = 3 * 2**30
"""Bytes of address space beyond which nothing may go, whatever is said."""


class Differs(Exception):
    """A value that the oracle does not give."""


def refused(function: Callable[[], Any]) -> Any:
    """What a function returns; nothing where it refuses in one line that a terminal takes."""
    try:
        return function()
    except InputError as error:
        if CONTROL.search(str(error)) or len(str(error)) > 2000:
            raise Differs(
                f"a message of {len(str(error))} characters, or with control characters: {error}"[:300]
            ) from None
        return None


def expected(function: Callable[[], Any], raised: bool = False) -> Any:
    """What an oracle says; nothing where it cannot read the file and that is no failure."""
    try:
        return function()
    except Exception as error:
        if raised:
            raise Differs(f"read, where the oracle says {type(error).__name__}: {error}"[:300]) from None
        return None


def recording(path: Path, form: str, folder: Path) -> None:
    def read() -> Any:
        with open_source(path) as source:
            chosen = [column for column, kind in enumerate(source.kinds) if kind in ("float", "integer")]
            if not chosen:
                return None
            parts = [values_of(source, batch, chosen) for batch in source.batches(chosen) if len(batch)]
            style = (source.style.separator, source.decimal) if form.startswith("csv") else ()
            return chosen, np.concatenate(parts, axis=1), style

    known = refused(read)
    if known is not None:
        chosen, values, style = known
        match form:
            case "csv" | "csv.gz":
                said = expected(lambda: oracles.table(path, *style, chosen), raised=True)
            case "npy":
                said = expected(lambda: oracles.array(path), raised=True)
            case "wav":
                known = soundfile.info(path).subtype in ("PCM_U8", "PCM_16", "PCM_32", "FLOAT", "DOUBLE")
                expected(lambda: oracles.whole_frames(path), raised=True)
                said = expected(lambda: oracles.wave(path)) if known else None
            case _:
                said = expected(lambda: oracles.parquet(path, chosen), raised=True)
        for column, row in zip(chosen, values, strict=True) if said is not None else ():
            if not same(row.tolist(), said[column]):
                raise Differs(f"column {column}: {row[:5]} … for {said[column][:5]} …")
    for make in (
        lambda: denoise_file(
            signals(length=8), lambda windows: windows, str(path), str(folder / f"out.{form}")
        ),
        lambda: forecast_file(
            signals(length=8, horizon=3),
            lambda past: past[..., -3:],
            str(path),
            str(folder / f"next.{form}"),
            horizon=3,
        ),
    ):
        refused(make)
    if form == "parquet" and expected(lambda: pd.read_parquet(path)) is not None:
        for made in folder.glob("*.parquet"):
            expected(lambda made=made: pd.read_parquet(made), raised=True)
    if form.startswith("csv"):
        refused(lambda: tidy(path))
    looked = refused(lambda: columns(path))
    if looked is not None:
        refused(lambda: survey(path, looked.names[:2], looked.time, None))


def participant(path: Path, form: str, folder: Path) -> None:
    dictionary_file = folder / "dictionary.csv"
    dictionary_file.write_text("annotation,label:A\nwalk 1,walk\nsit,sit\n")
    dictionary = read_dictionary(dictionary_file, "A")
    for known in (dictionary, None):
        rows = refused(lambda known=known: read_rows(path, known))
        refused(lambda known=known: cut_participant(path, known, length=50, rate=100))
        if rows is not None:
            said = expected(lambda: oracles.participant(path), raised=True)
            mine = dict(zip("xyz", rows.values, strict=True)) | {"time": rows.time.astype(float)}
            for name, row in mine.items():
                if not same(row.tolist(), said[name]):
                    raise Differs(f"{name}: {row[:5]} … for {said[name][:5]} …")


def dictionary(path: Path, form: str, folder: Path) -> None:
    known = refused(lambda: read_dictionary(path, "A"))
    if known is not None:
        mine = {
            text: known.classes[label] for text, label in zip(known.annotations, known.label, strict=True)
        }
        if mine != expected(lambda: oracles.labels(path, "A"), raised=True):
            raise Differs(f"labels {mine}")


def parameters(path: Path, form: str, folder: Path) -> None:
    """As a task's file, and as the top one."""
    with contextlib.chdir(folder):
        top, own = Path("params.yaml"), Path("pipelines/denoise/params.yaml")
        own.parent.mkdir(parents=True, exist_ok=True)
        for here, other in ((top, own), (own, top)):
            shutil.copyfile(path, here)
            other.write_bytes(b"scale: smoke\n" if other == top else b"models: {}\n")
            params._read.cache_clear()
            refused(check.check)
            refused(params.scale)
            refused(params.seeds)
            refused(lambda: params.models("denoise"))


MODEL = {
    "model": "model.json",
    "weights": "weights.safetensors",
    "inputs": "inputs.json",
    "residuals": "residuals.npy",
}


def model(path: Path, form: str, folder: Path) -> None:
    from fuzz.seeds import SEEDS

    for kind, name in MODEL.items():
        (folder / name).write_bytes(path.read_bytes() if kind == form else SEEDS[kind]()[0])
    source = folder / "in.csv"
    source.write_text("value\n" + "".join(f"{row}.5\n" for row in range(50)))
    loaded = refused(lambda: load_model(folder))
    if loaded is None:
        return
    state = loaded.network.state_dict()
    for name, (shape, data) in oracles.tensors(folder / "weights.safetensors").items():
        if list(state[name].shape) != shape or state[name].numpy().tobytes() != data:
            raise Differs(f"tensor {name}")
    from tidemark.prediction.files import predict_file

    for options in ({}, {"interval": 0.9}):
        refused(lambda options=options: predict_file(loaded, str(source), str(folder / "out.csv"), **options))


def lock(path: Path, form: str, folder: Path) -> None:
    from tidemark.project.remove import _stages

    refused(lambda: list(_stages(path, "sine", ["sine-gru"], [])))


def covariance(path: Path, form: str, folder: Path) -> None:
    """Weights of a Gaussian process, which are to fill in what a column lacks."""
    from fuzz.seeds import PAIR
    from tidemark.prediction.files import predict_file

    known = {"name": "pair", "arch": "learned_covariance", "hyperparameters": {}, "causal": False}
    (folder / "model.json").write_text(json.dumps(known | {"parameters": 1, "dataset": plain(PAIR)}))
    shutil.copyfile(path, folder / "weights.safetensors")
    source = folder / "in.csv"
    source.write_text("a,b\n" + "".join(f"{row % 7}.5,{row if row % 3 else ''}\n" for row in range(50)))
    loaded = refused(lambda: load_model(folder))
    if loaded is not None:
        refused(lambda: predict_file(loaded, str(source), str(folder / "out.csv")))


def physiological(path: Path, form: str, folder: Path) -> None:
    """An EDF file, or a record that is parted into a header and samples."""
    data, place = path.read_bytes(), folder / f"x.{'edf' if form == 'edf' else 'hea'}"
    if form == "edf":
        place.write_bytes(data)
    else:
        header, samples = parted(data)
        place.write_bytes(header)
        (folder / "x.dat").write_bytes(samples)

    def read() -> Any:
        with open_source(place) as source:
            return [
                np.concatenate([batch.numbers(column) for batch in source.batches([column])])
                for column in range(len(source.names))
            ]

    known = refused(read)
    if known is not None:
        say = (lambda: edf_columns(place)) if form == "edf" else (lambda: record_columns(*parted(data)))
        said = expected(say, raised=True)
        for column, row in enumerate(known) if said is not None else ():
            if len(row) != len(said[column]) or not np.allclose(row, said[column], rtol=1e-9, equal_nan=True):
                raise Differs(f"column {column}: {row[:5]} … for {said[column][:5]} …")
    refused(
        lambda: denoise_file(signals(length=8), lambda windows: windows, str(place), str(folder / "out.edf"))
    )


READERS: dict[str, Callable[[Path, str, Path], None]] = {
    "participant": participant, "dictionary": dictionary, "params": parameters, "model": model, "weights": model,
    "lock": lock, "inputs": model, "residuals": model, "edf": physiological, "wfdb": physiological,
    "covariance": covariance,
}  # fmt: skip


def peak() -> int:
    """Most memory that the process has had since it was last asked to forget, in bytes."""
    text = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", text)[1])


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    parquet_stream.subprocess = SimpleNamespace(Popen=Forked, DEVNULL=None, PIPE=None)
    size = 1024 * int(re.search(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[1])
    resource.setrlimit(resource.RLIMIT_AS, (size + SPARE, size + SPARE))
    for line in sys.stdin:
        form, _, name = line.rstrip("\n").partition("\t")
        path = Path(name)
        Path("/proc/self/clear_refs").write_text("5")
        before, problem = peak(), ""
        with tempfile.TemporaryDirectory() as folder:
            try:
                READERS.get(form, recording)(path, form, Path(folder))
            except Differs as error:
                problem = f"differs: {error}"
            except BaseException:
                problem = "traceback: " + traceback.format_exc()[-1500:]
        print(json.dumps({"problem": problem, "bytes": peak() - before}), file=answers, flush=True)


if __name__ == "__main__":
    main()
