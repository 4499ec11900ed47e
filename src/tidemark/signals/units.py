"""Units of values, as names of columns have them in brackets; multiples of one another by prefixes of SI."""

from __future__ import annotations

import re

UNITS = frozenset([
    "s", "ms", "us", "µs", "min", "h", "Hz", "kHz", "MHz", "V", "mV", "uV", "µV", "kV", "A", "mA", "uA",
    "µA", "W", "kW", "MW", "GW", "Wh", "kWh", "MWh", "GWh", "Ohm", "m", "mm", "um", "µm", "nm", "cm",
    "km", "m/s", "m/s2", "m/s²", "m/s^2", "km/h", "mph", "g", "mg", "kg", "N", "kN", "Nm", "Pa", "hPa",
    "kPa", "MPa", "bar", "mbar", "psi", "K", "°C", "degC", "°F", "degF", "%", "rpm", "1/s", "1/min",
    "deg", "°", "deg/s", "°/s", "rad", "rad/s", "lx", "lux", "dB", "dBm", "ppm", "ppb", "l/s", "l/min",
    "L/min", "m3/h", "m³/h", "m3/s", "m³/s", "J", "kJ", "mT", "µT", "bpm", "mmHg", "W/m2", "W/m²",
    "counts",
])  # fmt: skip
"""Units that are known when they are seen, and the same after a prefix of SI …"""
BRACKETS = re.compile(r"[\[(]([^\[\]()]+)[\])]\Z")
PREFIXES = {
    "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "": 0, "d": -1, "c": -2, "m": -3, "µ": -6, "n": -9, "p": -12,
}  # fmt: skip
"""… by powers of ten, of one of these."""
PREFIXED = (
    "V", "A", "W", "Wh", "Ω", "Hz", "m", "m/s", "m/s2", "g", "N", "Nm", "Pa", "bar", "J", "T", "K", "F",
    "C", "H", "s", "l", "lx",
)  # fmt: skip
SPELLINGS = {
    "μ": "µ", "Ohm": "Ω", "Ω": "Ω", "²": "2", "³": "3", "^": "", "degC": "°C", "degF": "°F", "lux": "lx",
}  # fmt: skip
"""Other ways to write the same; of micro, both signs and a u."""


def in_brackets(name: str) -> tuple[str, str] | None:
    """A name, and what is in brackets behind it, `load [mV]`; none where either is empty."""
    found = BRACKETS.search(name, max(name.rfind("["), name.rfind("("), 0))
    before = name[: found.start()] if found else ""
    return (before.rstrip() or before, found[1]) if found and before else None


def bare(name: str) -> str:
    """A column's name without the unit behind it."""
    parts = in_brackets(name)
    return parts[0] if parts and known(parts[1]) else name


def unit_in(name: str) -> str | None:
    """The unit in brackets at the end of a column's name, `load [mV]`; none without a known one."""
    parts = in_brackets(name)
    return parts[1].strip() if parts and known(parts[1]) else None


def known(unit: str) -> bool:
    """Whether it is a unit that is known when it is seen."""
    return unit.strip() in UNITS or bool(_forms(unit))


def multiple(unit: str, other: str) -> float | None:
    """How many of `other` are in one `unit`: 0.001 of mV and V, 1 of the same; none of different kinds."""
    if _spelt(unit) == _spelt(other):
        return 1.0
    for base, power in _forms(unit).items():
        if base in _forms(other):
            return float(f"1e{power - _forms(other)[base]}")
    return None


def _forms(unit: str) -> dict[str, int]:
    """Ways to read a unit as one of `PREFIXED` and a power of ten."""
    text = _spelt(unit)
    return {base: PREFIXES[text.removesuffix(base)] for base in PREFIXED if _is_prefixed(text, base)}


def _is_prefixed(text: str, base: str) -> bool:
    return text.endswith(base) and text.removesuffix(base) in PREFIXES


def _spelt(unit: str) -> str:
    text = unit.strip()
    for written, meant in SPELLINGS.items():
        text = text.replace(written, meant)
    return "µ" + text[1:] if text[:1] == "u" and text[1:] in PREFIXED else text
