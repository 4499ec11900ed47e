"""The page in headless Chromium."""

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest

from support import scored
from support.pages import DESKTOP, PHONE, drawings, fits_the_screen, hidden_widths, show
from tidemark.report.page import page, results

pytestmark = pytest.mark.browser
BOARD = "table[data-csv=waves]"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def screen(request: pytest.FixtureRequest, driver: Any, site: Path, text: str) -> Any:
    show(driver, site, request.param)
    return driver


@pytest.fixture
def desktop(driver: Any, site: Path, text: str) -> Any:
    show(driver, site, DESKTOP)
    return driver


def names(driver: Any, table: str = BOARD) -> list[str]:
    """Labels of the rows that are shown, in their order."""
    found: list[str] = driver.execute_script(
        "return [...document.querySelector(arguments[0]).tBodies[0].rows].filter(row => row.offsetHeight)"
        ".map(row => row.querySelector('th').dataset.text ?? row.cells[0].textContent)", table,
    )  # fmt: skip
    return found


def click(driver: Any, name: str, table: str = BOARD) -> str:
    """Click a column's heading; its `aria-sort` afterwards."""
    heading = driver.find_element("css selector", f"{table} th[data-name='{name}']")
    heading.find_element("css selector", "button").click()
    return str(heading.get_attribute("aria-sort"))


def test_everything_is_drawn_without_a_message_or_a_request(screen: Any) -> None:
    assert len(screen.find_elements("css selector", "tr[data-predictor]")) == 9
    assert all(min(size) > 20 for size in drawings(screen)) and len(drawings(screen)) == 5
    screen.get_log("performance")  # begins with the browser's own first page
    screen.refresh()
    assert screen.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in screen.get_log("performance")]
    asked = {
        each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"
    }
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"} and len(
        [u for u in asked if u[:4] == "file"]
    ) == 1


def test_page_is_no_wider_than_the_screen(screen: Any) -> None:
    assert fits_the_screen(screen)


def test_leaderboards_need_no_scrolling_on_a_desktop(desktop: Any) -> None:
    assert max(hidden_widths(desktop)) <= 0


def test_navigation_stays_in_sight_and_marks_what_is_read(screen: Any) -> None:
    screen.execute_script("document.documentElement.style.scrollBehavior = 'auto';"
                          "document.getElementById('forecast-waves').scrollIntoView()")  # fmt: skip
    deadline = time.monotonic() + 5
    marked = ""
    while marked != "#forecast-waves" and time.monotonic() < deadline:
        marked = screen.execute_script("return document.querySelector('nav [aria-current]')?.hash ?? ''")
    assert marked == "#forecast-waves"
    top, bottom, heading = screen.execute_script(
        "const box = document.querySelector('nav').getBoundingClientRect();"
        "return [box.top, box.bottom, document.getElementById('forecast-waves').getBoundingClientRect().top]"
    )
    assert top == 0 and bottom > 20 and (heading >= bottom - 1 or bottom > 500)


def test_a_click_on_a_heading_sorts_by_number_with_missing_ones_last(desktop: Any) -> None:
    assert names(desktop) == ["waves-last", "waves-exact", "waves-net", "waves-raw", "waves-small, net"]
    assert click(desktop, "nll") == "ascending"
    assert names(desktop) == ["waves-exact", "waves-net", "waves-small, net", "waves-raw", "waves-last"]
    assert click(desktop, "nll") == "descending"
    assert names(desktop)[0] == "waves-last"
    for order in ("ascending", "descending"):
        assert click(desktop, "skill") == order
        assert names(desktop)[-1] == "waves-small, net"
    sorts = desktop.execute_script("return [...document.querySelectorAll('[aria-sort$=ending]')].length")
    assert sorts == 1
    click(desktop, "rank")
    assert names(desktop)[0] == "waves-last"


def test_text_sorts_as_text(desktop: Any) -> None:
    click(desktop, "predictor")
    assert names(desktop) == sorted(names(desktop))
    click(desktop, "predictor")
    assert names(desktop) == sorted(names(desktop), reverse=True)


def test_a_heading_is_reached_and_pressed_from_the_keyboard(desktop: Any) -> None:
    desktop.execute_script(
        "document.querySelector(arguments[0]).focus()", f"{BOARD} th[data-name=nll] button"
    )
    desktop.switch_to.active_element.send_keys("\n")
    assert names(desktop)[0] == "waves-exact"


def test_a_word_filters_rows(desktop: Any) -> None:
    box = desktop.find_element("css selector", "input[aria-label='Filter: Leaderboard of waves']")
    box.send_keys("NET")
    assert names(desktop) == [
        "waves-net",
        "waves-small, net",
    ]  # `best network` and `network` are in them, too
    box.send_keys("x")
    assert names(desktop) == []
    box.clear()
    box.send_keys("baseline")
    assert names(desktop) == ["waves-last", "waves-raw"]


def take_away(driver: Any, folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table that is downloaded."""
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    driver.execute_script("document.querySelector(arguments[0]).click()", f"a[download='{name}']")
    deadline = time.monotonic() + 10
    while not (folder / name).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_table_is_taken_away_as_it_is_shown(desktop: Any, tmp_path: Path) -> None:
    click(desktop, "nll")
    rows = take_away(desktop, tmp_path, "waves.csv")
    assert [row["predictor"] for row in rows] == names(desktop)
    assert list(rows[0]) == [
        "rank", "predictor", "predictor kind", "mse", "mse low", "mse high", "times_limit", "nll", "nll low", "nll high",
        "skill", "skill low", "skill high", "parameters", "microseconds_alone", "microseconds", "mse_paper",
        "mse_paper low", "mse_paper high",
    ]  # fmt: skip
    net = rows[1]
    assert (net["predictor kind"], net["mse"], net["mse low"], net["times_limit"]) == (
        "model",
        "0.02",
        "0.018",
        "2",
    )
    assert (net["parameters"], net["mse_paper"]) == ("48211", "0.005")
    small = rows[2]
    assert (small["predictor"], small["skill"], small["skill low"]) == ("waves-small, net", "", "")
    assert desktop.get_log("browser") == []


def test_rows_that_are_filtered_out_stay(desktop: Any, tmp_path: Path) -> None:
    desktop.find_element("css selector", "input[aria-label^='Filter: MSE of every predictor']").send_keys(
        "raw"
    )
    (row,) = take_away(desktop, tmp_path, "waves-test-sets.csv")
    assert row["predictor"] == "waves-raw" and (row["loud"], row["loud high"]) == ("0.9", "0.99")


def test_a_datasets_own_table_has_groups_of_columns(desktop: Any, tmp_path: Path) -> None:
    rows = take_away(desktop, tmp_path, "waves-by-class.csv")
    assert rows == [
        {"Class": "a", "Windows": "1200", "net Recall": "0.5", "net F1": ""},
        {"Class": "b", "Windows": "30", "net Recall": "1.0", "net F1": "0.25"},
    ]
    table = "table[data-csv=waves-by-class]"
    desktop.execute_script("document.querySelectorAll(arguments[0])[1].click()", f"{table} button")
    assert names(desktop, table) == ["b", "a"]


def test_the_overview_is_taken_away(desktop: Any, tmp_path: Path) -> None:
    wrist, _, waves = take_away(desktop, tmp_path, "overview.csv")
    assert (wrist["Dataset"], wrist["Dataset made_up"], wrist["Ahead"]) == ("wrist", "True", "network +0.4")
    assert (waves["Best network"], waves["Best network name"], waves["Limit name"]) == (
        "0.02",
        "net",
        "exact",
    )


def test_colours_follow_the_scheme_and_print_is_light(desktop: Any) -> None:
    def colours(**media: Any) -> tuple[str, str]:
        desktop.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        drawing = desktop.execute_script(script, "figure svg text", "fill")
        return drawing, desktop.execute_script(script, "nav", "display")

    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    light = colours(media="screen", features=[{"name": "prefers-color-scheme", "value": "light"}])
    assert colours(media="screen", features=dark)[0] != light[0]
    assert colours(media="print", features=dark) == (light[0], "none")
    colours(media="", features=[])


def test_a_figure_that_holds_more_than_a_drawing_runs_and_loads_nothing(driver: Any, tmp_path: Path) -> None:
    """Figures come out of DVC's cache, which holds what a remote gave."""
    scored.write_site(tmp_path)
    drawing = next((tmp_path / "plots/datasets").rglob("*.svg"))
    away = "http://127.0.0.1:9"  # where nobody is
    drawing.write_text(
        drawing.read_text()
        + "<script>document.title = 'ran'</script><img src=x onerror=\"document.title = 'ran'\">"
        + f"<img src='{away}/x.png'><iframe src='{away}'></iframe><script src='{away}/x.js'></script>"
    )
    (tmp_path / "plots/report.html").write_text(page.render(results.read_all(tmp_path)))
    driver.get_log("browser")
    show(driver, tmp_path, DESKTOP)
    assert driver.title == "tidemark: report"
    refused = [each["message"] for each in driver.get_log("browser")]
    assert len(refused) >= 5 and all("Content Security Policy" in message for message in refused)
