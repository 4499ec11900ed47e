"""The page on activities in a browser."""

from pathlib import Path
from typing import Any

import pytest

from support.pages import DESKTOP, PHONE, drawings, fits_the_screen, hidden_widths, show

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everything_is_drawn_and_fits_the_screen(
    driver: Any, classified: Path, size: tuple[int, int]
) -> None:
    show(driver, classified, size)
    assert fits_the_screen(driver)
    drawn = drawings(driver)
    assert len(drawn) == 9 and all(min(each) > 100 for each in drawn)
    if size == DESKTOP:
        boards = hidden_widths(driver)
        assert len(boards) == 1 and max(boards) <= 0
    assert driver.get_log("browser") == []
