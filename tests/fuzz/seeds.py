"""Small files that every reader takes: what mutants are made of."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import soundfile
import torch
from safetensors.torch import save

from fuzz.physiological import edfs, records
from support.models import signals
from tidemark.core.store import plain
from tidemark.core.trained import build

ROWS = 40
WAVE = np.sin(np.arange(ROWS) / 3)
DAYS = [str(np.datetime64("2024-01-01") + day) for day in range(ROWS)]


def tables() -> list[bytes]:
    plain = "".join(f"{time},{value:.4f}\n" for time, value in enumerate(WAVE))
    dated = "".join(
        f"{day};{value:.3f};a{row}\r\n" for row, (day, value) in enumerate(zip(DAYS, WAVE, strict=True))
    )
    quoted = "".join(f'"{value:.2f}","two, ""words""\nin {row}"\n' for row, value in enumerate(WAVE))
    gaps = "".join(
        f"{day}T00:00:00\t{value:.3f}\t{'NA' if row % 7 == 3 else row}\n"
        for row, (day, value) in enumerate(zip(DAYS, WAVE, strict=True))
    )
    return [
        f"time,value\n{plain}".encode(),
        f"date;level;note\r\n{dated}".replace(".", ",").encode("utf-8-sig"),
        f"value,text\n{quoted}".encode(),
        f"when\tone\ttwo\n{gaps}".encode(),
        "tempé\n1.5\n\n-2e3\n".encode("latin-1"),
        "\n".join(["n", *map(str, range(30))]).encode(),
    ]


def zipped() -> list[bytes]:
    return [gzip.compress(table, mtime=0) for table in tables()[:3]]


def waves() -> list[bytes]:
    result = []
    for subtype, kind, channels in (
        ("PCM_16", "WAV", 1),
        ("FLOAT", "WAV", 2),
        ("PCM_24", "WAV", 3),
        ("PCM_U8", "WAV", 1),
        ("DOUBLE", "RF64", 1),
        ("PCM_16", "WAVEX", 2),
    ):
        file = io.BytesIO()
        soundfile.write(file, np.tile(WAVE[:, None] / 2, channels), 8000, subtype=subtype, format=kind)
        result.append(file.getvalue())
    return result


def arrays() -> list[bytes]:
    result = []
    for array in (
        WAVE,
        np.stack([WAVE, WAVE]).astype("<f4"),
        np.asfortranarray(np.arange(60).reshape(3, 20)),
        WAVE.astype(">f2"),
    ):
        file = io.BytesIO()
        np.save(file, array, allow_pickle=False)
        result.append(file.getvalue())
    file = io.BytesIO()
    np.lib.format.write_array(file, WAVE, version=(2, 0))
    return [*result, file.getvalue()]


def parquets() -> list[bytes]:
    frame = pd.DataFrame({"time": pd.to_datetime(DAYS), "value": WAVE, "count": range(ROWS), "text": DAYS})
    result = []
    for table, options in (
        (frame, {}),
        (frame.set_index("time"), {"compression": "gzip", "row_group_size": 15}),
        (frame[["value"]], {"compression": None, "use_dictionary": False}),
    ):
        file = io.BytesIO()
        table.to_parquet(file, **options)
        result.append(file.getvalue())
    return result


def participants() -> list[bytes]:
    rows = "".join(
        f"2016-11-13 02:18:{row // 100:02}.{row % 100 * 10:03}000,{value / 9:.4f},-0.25,0.95,{'walk 1' if row % 9 else ''}\n"
        for row, value in enumerate(np.sin(np.arange(120) / 9))
    )
    text = f"time,x,y,z,annotation\n{rows}"
    return [text.encode(), gzip.compress(text.encode(), mtime=0), text.replace("\n", "\r\n").encode()]


def dictionaries() -> list[bytes]:
    text = 'annotation,label:A,label:B\nwalk 1,walk,move\n"sit, still",sit,rest\nsleep,,rest\n'
    return [text.encode(), text.replace("\n", "\r\n").encode("utf-8-sig")]


PARAMS = """\
models:
  sine-gru: &gru
    dataset: sine
    arch: recurrent
    source: training/stored
    recipe: small
    hyperparameters: {cell: gru, hidden: 4, layers: 1}
    smoke: {}
    laptop: {training: {epochs: 2}}
  other: *gru
recipes:
  small: {optimizer: {name: adam, lr: 0.01}, epochs: 3, batch_size: 8}
baselines:
  sine: {raw: {}, savitzky-golay: {options: {window: 31, degree: 2}}}
recordings:
  pump: {file: "pump.csv", columns: [a, b], snr_db: 10.5, window: 256, hop: 32, blocks: [0.7, 0.15, 0.15]}
"""


def parameters() -> list[bytes]:
    return [PARAMS.encode(), b"scale: smoke\nthreads: 1\nseeds: 1\nevaluation: {resamples: 100}\n"]


ARCH, CHOSEN = (
    "recurrent",
    {"cell": "gru", "hidden": 4, "layers": 1, "bidirectional": False, "output": "linear"},
)


PAIR = signals(task="infer", channels=2, mean=[0.0, 0.0], std=[1.0, 1.0])


def weights() -> list[bytes]:
    network = build(ARCH, CHOSEN, signals(), "model")
    torch.manual_seed(0)
    return [save({name: torch.rand_like(tensor) for name, tensor in network.state_dict().items()})]


def covariances() -> list[bytes]:
    """Weights that a covariance is made of."""
    return [save(build("learned_covariance", {}, PAIR, "model").state_dict())]


def descriptions() -> list[bytes]:
    info = {
        "name": "gru",
        "arch": ARCH,
        "hyperparameters": CHOSEN,
        "causal": True,
        "parameters": 1,
        "dataset": plain(signals()),
    }
    return [json.dumps(info, indent=1).encode(), json.dumps(info).encode()]


def likenesses() -> list[bytes]:
    known = {"smallest": [-1.0], "typical": [0.5], "largest": [2.0]}
    return [json.dumps({"location": known, "scale": known, "noise": known}).encode()]


def half_widths() -> list[bytes]:
    result = []
    for array in (np.linspace(0.1, 3, 50).reshape(1, 1, 50), np.full((1, 20, 50), 0.3)):
        file = io.BytesIO()
        np.save(file, array, allow_pickle=False)
        result.append(file.getvalue())
    return result


LOCK = b"""schema: '2.0'
stages:
  train@sine:
    cmd: python stages/train.py sine
    deps:
    - path: data/sine/fit
      hash: md5
      md5: 0123456789abcdef0123456789abcdef.dir
      size: 1000
      nfiles: 3
    params:
      params.yaml:
        scale: smoke
    outs:
    - path: models/sine
      hash: md5
      md5: 0123456789abcdef0123456789abcdef
      size: 5
"""

SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "csv": tables,
    "csv.gz": zipped,
    "wav": waves,
    "npy": arrays,
    "parquet": parquets,
    "participant": participants,
    "dictionary": dictionaries,
    "params": parameters,
    "model": descriptions,
    "weights": weights,
    "lock": lambda: [LOCK],
    "inputs": likenesses,
    "residuals": half_widths,
    "edf": edfs,
    "wfdb": records,
    "covariance": covariances,
}
