"""The page on forecasts in a browser."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_everything_is_drawn_and_fits_the_screen(driver: Any, forecasts: Path, size: tuple[int, int]) -> None:
    width, height = size
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    driver.get((forecasts / "plots/report.html").as_uri())
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    drawn = driver.execute_script(
        "return [...document.querySelectorAll('svg[role=img]:not(.axis)')].map(drawing => {"
        " const box = drawing.getBoundingClientRect(), inner = drawing.getBBox();"
        " return [box.width, box.height, inner.width, inner.height]; })"
    )
    assert len(drawn) == 2 + 8 + 5 and all(min(each) > 100 for each in drawn)
    assert driver.execute_script("return [...document.images].every(image => image.naturalWidth > 0)")
    assert driver.get_log("browser") == []


def test_the_leaderboard_needs_no_scrolling_on_a_desktop(driver: Any, forecasts: Path) -> None:
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    driver.get((forecasts / "plots/report.html").as_uri())
    boards = driver.execute_script(
        "return [...document.querySelectorAll('.card.scroll')].map(card => card.scrollWidth - card.clientWidth)"
    )
    assert len(boards) == 2 and max(boards) <= 0
