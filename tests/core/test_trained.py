"""A trained model on disk: comes back the same, and nothing else is loaded in its place."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tidemark.core import trained
from tidemark.core.calibration import Calibration
from tidemark.core.errors import InputError
from tidemark.core.likeness import Likeness, Range
from tidemark.core.network import Network
from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise import metrics as denoise

DATASET = DatasetInfo(
    name="sine", task="denoise", generator="sine", channels=1, length=10, sampling_rate=1.0, rate_unit="s",
    units="", seed=0, splits={"train": 4, "validation": 2}, law={"noise": 0.3}, mean=[0.0], std=[1.0],
)  # fmt: skip
INFO = trained.TrainedInfo(
    name="m", arch="recurrent", hyperparameters={"hidden": 3}, causal=True, parameters=19, dataset=DATASET
)


def build() -> Network:
    return trained.build("recurrent", {"hidden": 3}, DATASET, "test")


def predict(model: trained.Trained, noisy: Array) -> Array:
    return denoise.predict(model.network, model.device, {"noisy": noisy})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    trained.save(tmp_path / "m", INFO, build().state_dict())
    return tmp_path / "m"


def test_a_saved_model_predicts_the_same(folder: Path) -> None:
    torch.manual_seed(0)
    network = build().eval()
    trained.save(folder, INFO, network.state_dict())
    signals = np.random.default_rng(0).standard_normal((1200, 1, 10)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(signals)).numpy()
    found = predict(trained.load(folder, torch.device("cpu")), signals)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_description_holds_that_of_the_dataset(folder: Path) -> None:
    assert trained.read_info(folder) == INFO
    assert trained.read_info(folder).task == "denoise"
    content = json.loads((folder / "model.json").read_text())
    assert content.keys() == {"name", "arch", "hyperparameters", "causal", "parameters", "dataset"}
    assert content["dataset"]["length"] == 10


def test_checkpoints_and_settings_lie_beside_the_weights(folder: Path) -> None:
    states = [build().state_dict() for _ in range(2)]
    trained.save(folder, INFO, states[0], {"step-5": states[1]}, {"training": {"steps": 5}})
    assert json.loads((folder / "training.json").read_text()) == {"training": {"steps": 5}}
    for checkpoint, expected in ((None, states[0]), ("step-5", states[1])):
        network = build()
        trained.put_weights(network, folder, checkpoint)
        assert all(torch.equal(value, expected[name]) for name, value in network.state_dict().items())
    with pytest.raises(
        InputError, match=r"checkpoints/step-6\.safetensors: no such file; train the model again"
    ):
        trained.put_weights(build(), folder, "step-6")


def test_a_chain_of_linear_layers_is_used_as_one_map(tmp_path: Path) -> None:
    """Folded when loaded, with the same predictions and far fewer weights."""
    chosen = {"attention": "none", "activation": "linear", "latent": 4}
    info = replace(
        INFO,
        arch="spectro_temporal_attention",
        hyperparameters=chosen,
        dataset=replace(DATASET, length=40),
    )
    network = trained.build(info.arch, chosen, info.dataset, "test").eval()
    trained.save(tmp_path / "m", info, network.state_dict())
    model = trained.load(tmp_path / "m", torch.device("cpu"))
    sizes = [sum(p.numel() for p in part.parameters()) for part in (network, model.network)]
    assert sizes[1] == 40 * 4 + 4 + 4 * 40 + 40 < sizes[0] / 10
    signals = np.random.default_rng(0).standard_normal((7, 1, 40)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(signals)).numpy()
    np.testing.assert_allclose(predict(model, signals), expected, atol=1e-5)


def test_gaps_are_filled_before_the_network_sees_them(folder: Path) -> None:
    model = trained.load(folder)
    ramp = np.linspace(-1, 1, 10, dtype=np.float32)[None, None]
    holed = ramp.copy()
    holed[..., 3:5] = np.nan
    np.testing.assert_allclose(predict(model, holed), predict(model, ramp), atol=1e-6)


def test_saving_twice_gives_the_same_bytes(folder: Path) -> None:
    torch.manual_seed(0)
    weights = build().state_dict()
    contents = []
    for _ in range(2):
        trained.save(folder, INFO, weights)
        contents.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert contents[0] == contents[1]


def test_whoever_may_read_the_folder_may_read_the_weights(folder: Path) -> None:
    assert {path.stat().st_mode for path in folder.iterdir() if path.is_file()} == {
        (folder / "model.json").stat().st_mode
    }


def test_a_pickle_is_never_loaded(folder: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (folder / "sprung",))  # type: ignore[return-value]

    (folder / "weights.safetensors").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputError, match="not a safetensors file") as error:
        trained.load(folder)
    assert "\n" not in str(error.value)
    assert not (folder / "sprung").exists()
    torch.save({"a": torch.zeros(1)}, folder / "weights.safetensors")
    with pytest.raises(InputError, match="not a safetensors file"):
        trained.load(folder)


def test_weights_of_another_architecture_are_refused(folder: Path) -> None:
    save_file({"a": torch.zeros(2)}, folder / "weights.safetensors")
    with pytest.raises(InputError, match="weights of another architecture: a has shape"):
        trained.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arch": "nonsense"}, "no file of src/tidemark/denoise/models is named 'nonsense'"),
        ({"hyperparameters": {"hidden": -3}}, "hyperparameters.hidden = -3"),
        ({"hyperparameters": {"hidden": 4}}, "weights of another architecture"),
        ({"surprise": 1}, "not a description of a trained model"),
        ({"dataset": {"name": "sine"}}, "not a description of a trained model"),
        ({"dataset": 3}, "not a description of a trained model"),
        ({"causal": "no"}, "causal = .no.: input should be a valid boolean"),
        ({"parameters": "19"}, "parameters = .19.: input should be a valid integer"),
    ],
)
def test_a_changed_description_is_refused(folder: Path, change: dict[str, object], message: str) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=message) as error:
        trained.load(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("size", ["1e308", "3.5e38", "1" + "0" * 400, "-1e308"])
@pytest.mark.parametrize("key", ["mean", "std", "sampling_rate"])
def test_numbers_beyond_what_a_network_computes_in_are_refused(folder: Path, key: str, size: str) -> None:
    path = folder / "model.json"
    content = json.loads(path.read_text())
    content["dataset"][key] = 12345.0 if key == "sampling_rate" else [12345.0]
    path.write_text(json.dumps(content).replace("12345.0", size))
    with pytest.raises(InputError, match=rf"model\.json: {key} = .*: expected numbers .*that float32 holds"):
        trained.load(folder)


def calibrated(folder: Path, widths: Array) -> None:
    """A model with a calibration whose half widths are these."""
    few = Range([0.0], [0.5], [1.0])
    known = Calibration(Likeness(few, few, few), np.zeros((1, 10, 50), np.float32))
    trained.save(folder, INFO, build().state_dict(), calibration=known)
    np.save(folder / "residuals.npy", widths)


@pytest.mark.parametrize(
    "widths",
    [
        np.zeros((0, 0, 0)),
        np.array(1.0),
        np.zeros((1, 10, 15)),
        np.zeros((1, 11, 50)),
        np.zeros((2, 10, 50)),
        np.full((1, 10, 50), "a"),
        np.full((1, 10, 50), -1.0),
        np.full((1, 10, 50), np.inf),
    ],
)
def test_half_widths_of_another_model_are_refused(folder: Path, widths: Array) -> None:
    calibrated(folder, widths)
    with pytest.raises(InputError, match=r"inputs\.json and residuals\.npy are not what training wrote"):
        trained.load(folder)


@pytest.mark.parametrize(
    "shape", [b"(1, 10, 9000000000)", b"(1, 10, 9" + b"0" * 30 + b")", b"(1, 10,, (", b"((((("]
)
def test_headers_of_no_half_widths_are_refused(folder: Path, shape: bytes) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + b", }"
    calibrated(folder, np.zeros((1, 10, 50)))
    (folder / "residuals.npy").write_bytes(
        b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header + bytes(64)
    )
    with pytest.raises(InputError, match=r"are not what training wrote"):
        trained.load(folder)


@pytest.mark.parametrize("value", ["0.5", True, None, {}, [], 1e300, [0.5, 1]])
def test_inputs_that_are_no_numbers_are_refused(folder: Path, value: object) -> None:
    calibrated(folder, np.zeros((1, 10, 50)))
    path = folder / "inputs.json"
    content = json.loads(path.read_text())
    content["noise"]["typical"] = value if isinstance(value, list) else [value]
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"are not what training wrote"):
        trained.load(folder)


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no trained model there; `tidemark models` lists"):
        trained.load(tmp_path / "none")
