"""Torch's products, square roots and logarithms on the processor: the same bytes whoever made it.

Torch has them from MKL, which can be held to AVX2 on Intel's processors only. What it computes alike on
all (`MKL_CBWR=COMPATIBLE`) takes 2.7 times as long for products: OpenBLAS, which SciPy has and which heeds
its setting everywhere, is nearly as fast as MKL with AVX2. Roots and logarithms of MKL begin at an
approximation (rsqrtps, rcpps) whose digits are each maker's own: NumPy's do not.
"""

from __future__ import annotations

import ctypes
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from scipy.linalg import cython_blas
from torch import Tensor

FUNCTIONS = {
    "sqrt": np.sqrt, "log": np.log, "log2": np.log2, "log10": np.log10, "tan": np.tan, "acos": np.arccos,
    "asin": np.arcsin, "atan": np.arctan,
}  # fmt: skip
"""Functions of one number in which MKL's last digits depend on the maker."""
LARGE = 1 << 17
"""Multiplications from which on OpenBLAS is quicker than MKL held to what all processors have."""
_registered: list[torch.library.Library] = []
"""What is registered lasts as long as these."""


def fix() -> None:
    """Compute large products and `FUNCTIONS` in this way, from here to the end of the process."""
    if _registered:
        return
    library = torch.library.Library("aten", "IMPL")  # type: ignore[no-untyped-call]
    _registered.append(library)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Warning only once for all operators")
        products: dict[str, Callable[..., Tensor]] = {
            "mm": _mm,
            "addmm": _addmm,
            "addmm_": _addmm_,
            "addmm.out": _addmm_out,
        }
        for name, product in products.items():
            _replace(library, name, product, _is_large)
        for name, function in FUNCTIONS.items():
            for variant, kernel in _variants(function).items():
                _replace(library, f"{name}{variant}", kernel, _is_real)


def _replace(
    library: torch.library.Library, name: str, kernel: Callable[..., Tensor], where: Callable[..., bool]
) -> None:
    """Let `kernel` do an operator's work `where` its inputs are such; elsewhere torch's own does."""
    own = torch.library.get_kernel(f"aten::{name}", "CPU")

    def chosen(keys: Any, *inputs: Any, **options: Any) -> Any:
        if where(*inputs):
            return kernel(*inputs, **options)
        return own.call_boxed(keys, *inputs, **options)

    library.impl(name, chosen, "CPU", with_keyset=True)  # type: ignore[no-untyped-call]


def _is_large(*inputs: Tensor) -> bool:
    a, b = inputs[-2:]
    return a.dtype in GEMM and a.numel() * b.shape[1] >= LARGE


def _is_real(x: Tensor) -> bool:
    return x.dtype in GEMM


def _blas(name: str) -> Callable[..., None]:
    """A routine of SciPy's BLAS; all its arguments are addresses."""
    routines: Mapping[str, object] = cython_blas.__pyx_capi__
    capsule = routines[name]
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype, api.PyCapsule_GetName.argtypes = ctypes.c_char_p, [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    address = api.PyCapsule_GetPointer(capsule, api.PyCapsule_GetName(capsule))
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 13)(address)


GEMM = {torch.float32: (_blas("sgemm"), ctypes.c_float), torch.float64: (_blas("dgemm"), ctypes.c_double)}
"""BLAS's general product and its type of number, by type."""
_LETTERS = ctypes.create_string_buffer(b"NT")
FORMS = ctypes.addressof(_LETTERS), ctypes.addressof(_LETTERS) + 1


def _gemm(result: Tensor, a: Tensor, b: Tensor, alpha: float, beta: float) -> Tensor:
    """result ← alpha·a·b + beta·result, of matrices; `result` is contiguous."""
    gemm, number = GEMM[result.dtype]
    a, a_form, a_step = _factor(a)
    b, b_form, b_step = _factor(b)
    (rows, inner), columns = a.shape, b.shape[1]
    sizes = (ctypes.c_int * 6)(columns, rows, inner, b_step, a_step, columns)
    factors = (number * 2)(alpha, beta)
    size, factor, width = ctypes.addressof(sizes), ctypes.addressof(factors), ctypes.sizeof(number)
    # BLAS counts by columns, where a matrix in the order of rows is its own transpose: resultᵀ = bᵀ·aᵀ.
    gemm(
        b_form, a_form, size, size + 4, size + 8, factor, b.data_ptr(), size + 12, a.data_ptr(), size + 16,
        factor + width, result.data_ptr(), size + 20,
    )  # fmt: skip
    return result


def _factor(matrix: Tensor) -> tuple[Tensor, Any, int]:
    """A matrix as BLAS takes it, whether it is to transpose it, and the distance of its rows or columns."""
    rows, columns = matrix.shape
    row, column = matrix.stride()
    if column == 1 and row >= columns:
        return matrix, FORMS[0], row
    if row == 1 and column >= rows:
        return matrix, FORMS[1], column
    return matrix.contiguous(), FORMS[0], columns


def _mm(a: Tensor, b: Tensor) -> Tensor:
    return _gemm(a.new_empty(a.shape[0], b.shape[1]), a, b, 1, 0)


def _addmm(c: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    result = a.new_empty(a.shape[0], b.shape[1])
    return _gemm(result.copy_(c) if beta else result, a, b, alpha, beta)


def _addmm_(c: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    if c.is_contiguous():
        return _gemm(c, a, b, alpha, beta)
    return c.copy_(_addmm(c, a, b, beta=beta, alpha=alpha))


def _addmm_out(c: Tensor, a: Tensor, b: Tensor, *, out: Tensor, beta: float = 1, alpha: float = 1) -> Tensor:
    return _addmm_(out.resize_(a.shape[0], b.shape[1]).copy_(c), a, b, beta=beta, alpha=alpha)


def _variants(function: np.ufunc) -> dict[str, Callable[..., Tensor]]:
    """A function's three forms by what their names end in: a new tensor, in place, into `out`."""

    def into(x: Tensor, *, out: Tensor) -> Tensor:
        if out.shape != x.shape:
            out.resize_(x.shape)
        with np.errstate(all="ignore"):
            function(x.detach().numpy(), out=out.detach().numpy())
        return out

    return {"": lambda x: into(x, out=torch.empty_like(x)), "_": lambda x: into(x, out=x), ".out": into}
