"""Finite weights of which no covariance can be made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import tidemark
from support.models import signals
from tidemark.core import trained as stored
from tidemark.core.errors import InputError
from tidemark.core.tensors import write_tensors
from tidemark.prediction.files import predict_file


@pytest.mark.parametrize("log_scale", [-400.0, -3e38])
def test_weights_without_a_covariance_are_refused_in_a_line(tmp_path: Path, log_scale: float) -> None:
    described = signals(task="infer", channels=2, length=20, mean=[0.0, 0.0], std=[1.0, 1.0])
    network = stored.build("learned_covariance", {}, described, "test")
    known = stored.TrainedInfo("pair", "learned_covariance", {}, False, 1, described)
    weights = network.state_dict()
    stored.save(tmp_path / "m", known, weights)
    extreme = weights | {"log_scale": torch.full_like(weights["log_scale"], log_scale)}
    write_tensors(tmp_path / "m/weights.safetensors", extreme)
    values = np.sin(np.arange(40) / 4).reshape(2, 20).copy()
    values[1, 3::2] = np.nan
    np.save(tmp_path / "x.npy", values)
    model = tidemark.load(tmp_path / "m")
    with pytest.raises(InputError, match="pair: its weights make no covariance") as error:
        predict_file(model.trained, str(tmp_path / "x.npy"), str(tmp_path / "out.npy"))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.npy").exists()
    with pytest.raises(InputError, match="pair: its weights make no covariance"):
        model.predict(values)
