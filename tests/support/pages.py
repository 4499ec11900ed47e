"""A page of the report as a browser shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DESKTOP, PHONE = (1280, 900), (390, 844)


def show(driver: Any, root: Path, size: tuple[int, int]) -> None:
    """The report below `root` on a screen of this width and height."""
    width, height = size
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    driver.get((root / "plots/report.html").as_uri())


def fits_the_screen(driver: Any) -> bool:
    return bool(driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"))


def drawings(driver: Any) -> list[list[float]]:
    """Width and height of each drawing, and of what is drawn in it."""
    found: list[list[float]] = driver.execute_script(
        "return [...document.querySelectorAll('svg[role=img]:not(.axis)')].map(drawing => {"
        " const box = drawing.getBoundingClientRect(), inner = drawing.getBBox();"
        " return [box.width, box.height, inner.width, inner.height]; })"
    )
    return found


def hidden_widths(driver: Any) -> list[int]:
    """How much of each leaderboard is seen only after scrolling."""
    found: list[int] = driver.execute_script(
        "return [...document.querySelectorAll('.scroll:has(> .board)')].map(each => each.scrollWidth - each.clientWidth)"
    )
    return found
