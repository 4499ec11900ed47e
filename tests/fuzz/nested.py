"""Parameters, descriptions and weights in which one thing or two are something else."""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Callable
from typing import Any

import yaml
from safetensors.torch import load, save

from fuzz.seeds import SEEDS
from fuzz.tables import Random

ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2, 3, 0.5, -0.0, 1e308, float("nan"), float("inf"), -float("inf"), 2**31, 2**63, 2**64, 10**30, 10**400, "", " ", "a", "sine", "gru", "../x", "/etc/passwd", "a" * 10**4, "\0", "\x1b[31m",
    "\u2028", "\ud800", "1", "1.5", "nan", "yes", "é", [], [[]], [None], [1, 2], [0] * 1000, ["a", "a"], {}, {"": {}}, {"a": {"a": {}}}, {"name": "adam"}, [[1, 2], [3]], [1e400], "${x}", "{{x}}", "a: b", "-", "~",
]  # fmt: skip


def spread(chance: Random, value: Any) -> Any:
    """A nested value in which one thing or two are something else, are not there, or are there twice."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        if not isinstance(value, (dict, list)):
            break
        path, here = [], value
        while isinstance(here, (dict, list)) and here and (not path or chance.random() < 0.75):
            key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
            path.append((here, key))
            here = here[key]
        if not path:
            return copy.deepcopy(chance.choice(ODD))
        inside, key = path[-1]
        match chance.randrange(6):
            case 0:
                inside.pop(key)
            case 1 if isinstance(inside, dict):
                inside[chance.choice(["x", "", 5, True, "name", "a" * 300, "\x1b", "null"])] = copy.deepcopy(
                    here
                )
            case 2:
                inside[key] = [here]
            case 3:
                inside[key] = {"x": here}
            case _:
                inside[key] = copy.deepcopy(chance.choice(ODD))
    return value


def doubled(chance: Random, text: str) -> str:
    """Text with one of its lines once more, elsewhere or with another indent."""
    lines = text.split("\n")
    line = chance.choice(lines)
    lines.insert(
        chance.randrange(len(lines)),
        chance.choice([line, " " + line, line.strip(), "  " + line, line + " " + line.strip()]),
    )
    return "\n".join(lines)


def nested_yaml(form: str) -> Callable[[Random], bytes]:
    def made(chance: Random) -> bytes:
        text = chance.choice(SEEDS[form]()).decode()
        if chance.random() < 0.8:
            value = spread(chance, yaml.safe_load(text))
            if chance.random() < 0.3:
                text = json.dumps(value)
            else:
                text = yaml.safe_dump(
                    value,
                    default_flow_style=chance.choice([None, True, False]),
                    allow_unicode=True,
                    sort_keys=False,
                )
        if chance.random() < 0.3:
            text = doubled(chance, text)
        return text.encode(chance.choice(["utf-8"] * 8 + ["utf-16", "utf-8-sig", "latin-1"]), "replace")

    return made


def nested_json(form: str) -> Callable[[Random], bytes]:
    def made(chance: Random) -> bytes:
        value = spread(chance, json.loads(chance.choice(SEEDS[form]())))
        text = json.dumps(value, indent=chance.choice([None, 1]))
        if chance.random() < 0.2:
            text = doubled(chance, text)
        return text.encode(chance.choice(["utf-8"] * 8 + ["utf-16", "utf-8-sig"]), "replace")

    return made


def weights(chance: Random) -> bytes:
    """A file of weights."""
    data = SEEDS["weights"]()[0]
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    names = list(header)
    for _ in range(chance.choice([1, 1, 2])):
        entry = header[chance.choice(names)]
        match chance.randrange(9):
            case 0:
                entry["dtype"] = chance.choice(
                    ["F64", "F16", "BF16", "I32", "U8", "BOOL", "F8_E4M3", "C64", "f32", "", None]
                )
            case 1:
                entry["shape"] = chance.choice(
                    [[], [1], [-1], [0], [2**40, 2**40], [1.5], None, [4] * 20, entry.get("shape", [])[::-1]]
                )
            case 2:
                entry["data_offsets"] = chance.choice(
                    [
                        [0, 0],
                        [4, 0],
                        [-4, 4],
                        [0, 2**63],
                        [0, len(body)],
                        [1, 17],
                        None,
                        [0],
                        [0.0, 16.0],
                        header[names[-1]].get("data_offsets"),
                    ]
                )
            case 3:
                header[chance.choice(["x", "", "__metadata__", "a" * 10**5, "../x"])] = entry
            case 4:
                header.pop(names.pop(chance.randrange(len(names))))
            case 5:
                header["__metadata__"] = chance.choice(
                    [{}, {"a": 1}, {"format": "pt"}, [], None, {"a": "b" * 10**5}]
                )
            case 6 if len(body) > 3:
                place = chance.randrange(len(body) // 4) * 4
                body = (
                    body[:place]
                    + chance.choice([b"\0\0\xc0\x7f", b"\0\0\x80\x7f", b"\xff\xff\x7f\x7f", b"\1\0\0\0"])
                    + body[place + 4 :]
                )
            case 7:
                body = chance.choice([body[:-4], body + b"\0" * 4, b"", body * 2])
            case _:
                names = []
                header = spread(chance, header)
        if not names:
            break
    text = json.dumps(header).encode()
    if chance.random() < 0.1:
        text = text[:-1] + b"," + text[1:]  # every name twice
    said = (
        len(text)
        if chance.random() < 0.9
        else chance.choice([0, 2, len(text) - 1, len(text) + 1, 2**40, 2**64 - 1])
    )
    return struct.pack("<Q", said) + text + body


def scaled(chance: Random) -> bytes:
    """Weights of a covariance, finite as they are, some of which are far larger or smaller than any training's."""
    tensors = load(SEEDS["covariance"]()[0])
    for name in chance.sample(sorted(tensors), chance.choice([1, 1, 2, 3])):
        tensors[name] = tensors[name] * chance.choice([-1.0, 0.0, 1e-30, 1e3, 1e30, 1e38, -1e38])
    return save(tensors)
