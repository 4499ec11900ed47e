"""The instruction set and the threads that numerical libraries use: part of every result's bytes.

At scales smoke and laptop libraries are held to AVX2, which x86-64 processors have had since about 2015: left
to choose kernels by the processor, scores differed by more than their intervals. At scale paper they choose.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
PINS = {
    "ATEN_CPU_CAPABILITY": "avx2",  # torch's own loops
    "MKL_CBWR": "COMPATIBLE",  # small products, transforms in torch; AVX2 is for Intel's
    "ONEDNN_MAX_CPU_ISA": "AVX2",  # convolutions and LSTMs in torch
    "OPENBLAS_CORETYPE": "Haswell",  # products in NumPy, SciPy; large ones of torch (arithmetic.py)
    "NPY_DISABLE_CPU_FEATURES": AVX512,  # NumPy's loops
    "NUMBA_CPU_NAME": "haswell",  # compiled loops, those of aeon among them
    "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2,+popcnt,+sse4.2",
}
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",  # which, once it has started, sets those of torch too
)  # fmt: skip
SCALE = re.compile(r"""^scale:\s*["']?([a-z]+)""", re.MULTILINE)


def environment(params: Path) -> Mapping[str, str]:
    """Variables to set before a numerical library is imported; threads that the user chose stay as they are.

    `params` is the top params.yaml, which chooses the scale; what is wrong with it is found later.
    """
    threads = {name: os.environ.get(name, "1") for name in THREADS}
    return threads | PINS if are_fixed(params) else threads


def are_fixed(params: Path) -> bool:
    """Whether instructions are fixed at the scale that the top params.yaml chooses."""
    try:
        scale = SCALE.search(params.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return True
    return scale is None or scale[1] != "paper"
