from pathlib import Path
from typing import Any

import pytest

from support.pages import DESKTOP, PHONE, drawings, fits_the_screen, show

pytestmark = pytest.mark.browser


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, driver: Any, reported: Path) -> Any:
    show(driver, reported, request.param)
    return driver


def test_tables_and_figures_are_drawn_without_an_error(page: Any) -> None:
    assert len(page.find_elements("css selector", "tr[data-predictor]")) == 27
    sizes = drawings(page)
    assert len(sizes) == 19
    assert all(min(size) > 100 for size in sizes)
    images = page.execute_script(
        "return [...document.images].map(image => [image.complete, image.naturalWidth, image.clientWidth])"
    )
    assert len(images) == 3
    assert all(complete and natural > 0 and shown > 0 for complete, natural, shown in images)
    assert page.get_log("browser") == []


def test_page_is_no_wider_than_the_screen(page: Any) -> None:
    assert fits_the_screen(page)


def test_figures_follow_the_dark_scheme(page: Any) -> None:
    def ink() -> str:
        return str(
            page.execute_script("return getComputedStyle(document.querySelector('figure svg text')).fill")
        )

    colours = []
    for scheme in ("light", "dark"):
        page.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        colours.append(ink())
    assert colours[0] != colours[1]
