"""Torch's products and functions, computed elsewhere, are still what their definitions say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from tidemark.core import arithmetic

SHAPES = [(48, 64, 48), (1, 300, 500), (500, 300, 1), (400, 1, 400), (2, 3, 4)]
"""Rows, inner length, columns: what OpenBLAS does, but for the last."""


@pytest.fixture(autouse=True)
def fixed() -> Iterator[None]:
    arithmetic.fix()
    yield
    arithmetic._registered.pop()._destroy()  # what is registered outlives the object


def layouts(rows: int, columns: int, dtype: torch.dtype) -> Iterator[Tensor]:
    """A matrix in all the orders of memory that there are: rows, columns, parts of larger ones, repeated."""
    random = torch.Generator().manual_seed(rows)
    values = torch.randn(rows, columns, generator=random, dtype=torch.float64).to(dtype)
    yield values
    yield values.mT.contiguous().mT
    yield torch.zeros(rows, columns + 5, dtype=dtype)[:, 2:-3].copy_(values)
    yield torch.zeros(columns + 5, rows, dtype=dtype)[2:-3].mT.copy_(values)
    yield torch.zeros(2 * rows, 2 * columns, dtype=dtype)[::2, ::2].copy_(values)
    yield values[:1].expand(rows, columns)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_products_of_matrices(shape: tuple[int, int, int], dtype: torch.dtype) -> None:
    rows, inner, columns = shape
    epsilon = torch.finfo(dtype).eps
    tolerance = {"rtol": 2 * epsilon, "atol": 60 * epsilon * inner**0.5}
    for a in layouts(rows, inner, dtype):
        for b in layouts(inner, columns, dtype):
            expected = np.einsum("ij,jk->ik", a.double().numpy(), b.double().numpy())
            bias, matrix = torch.arange(columns).to(dtype), torch.ones(rows, columns, dtype=dtype)
            turned = matrix.mT.contiguous().mT
            out = torch.empty(0, dtype=dtype)
            results = {
                "mm": (a @ b, expected),
                "bias": (torch.addmm(bias, a, b), expected + bias.numpy()),
                "scaled": (torch.addmm(matrix, a, b, beta=0.5, alpha=-2), 0.5 - 2 * expected),
                "no sum": (torch.addmm(matrix * torch.nan, a, b, beta=0), expected),
                "in place": (matrix.clone().addmm_(a, b, beta=2), 2 + expected),
                "in place, by columns": (turned.clone().addmm_(a, b), 1 + expected),
                "out": (torch.addmm(matrix, a, b, out=out), 1 + expected),
                "out of mm": (torch.mm(a, b, out=torch.empty(0, dtype=dtype)), expected),
            }
            for result, wanted in results.values():
                np.testing.assert_allclose(result.double().numpy(), wanted, **tolerance)


def test_gradients_of_products() -> None:
    a, b = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((80, 60), (60, 70)))
    weight = torch.randn(80, 70, dtype=torch.float64)
    ((a @ b) * weight).sum().backward()
    assert a.grad is not None and b.grad is not None
    np.testing.assert_allclose(a.grad, np.einsum("ik,jk->ij", weight, b.detach()), atol=1e-12)
    np.testing.assert_allclose(b.grad, np.einsum("ij,ik->jk", a.detach(), weight), atol=1e-12)


def test_other_types_are_left_to_torch() -> None:
    whole = torch.arange(90_000).reshape(300, 300)
    assert (whole @ whole == torch.from_numpy(whole.numpy() @ whole.numpy())).all()
    assert torch.arange(5).sqrt().square().allclose(torch.arange(5.0))
    assert torch.tensor([-4 + 0j]).sqrt().allclose(torch.tensor([2j]))


@pytest.mark.parametrize("name", arithmetic.FUNCTIONS)
def test_functions_are_numpy_s_in_all_their_forms(name: str) -> None:
    function = arithmetic.FUNCTIONS[name]
    for dtype in (torch.float32, torch.float64):
        x = torch.linspace(0.01, 0.99, 999).to(dtype).reshape(27, 37)
        for values in (x, x.mT, x[::2, ::3], x[0, 0]):
            expected = function(values.numpy())
            assert np.array_equal(getattr(torch, name)(values), expected)
            assert np.array_equal(getattr(torch, f"{name}_")(values.clone()), expected)
            assert np.array_equal(getattr(torch, name)(values, out=torch.empty(0, dtype=dtype)), expected)


def test_square_roots_are_rounded_correctly() -> None:
    x = torch.rand(100_000, dtype=torch.float32)
    assert np.array_equal(x.sqrt(), np.sqrt(x.double().numpy()).astype(np.float32))


def test_a_negative_number_has_no_root() -> None:
    assert torch.tensor(-1.0).sqrt().isnan()
    assert torch.tensor(0.0).log() == -torch.inf
