"""The page on forecasts in a browser."""

from pathlib import Path
from typing import Any

import pytest

from support.pages import DESKTOP, PHONE, drawings, fits_the_screen, hidden_widths, show

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everything_is_drawn_and_fits_the_screen(driver: Any, forecasts: Path, size: tuple[int, int]) -> None:
    show(driver, forecasts, size)
    assert fits_the_screen(driver)
    drawn = drawings(driver)
    assert len(drawn) == 2 + 8 + 5 and all(min(each) > 100 for each in drawn)
    assert driver.execute_script("return [...document.images].every(image => image.naturalWidth > 0)")
    assert driver.get_log("browser") == []


def test_the_leaderboard_needs_no_scrolling_on_a_desktop(driver: Any, forecasts: Path) -> None:
    show(driver, forecasts, DESKTOP)
    boards = hidden_widths(driver)
    assert len(boards) == 2 and max(boards) <= 0
