"""Drawings as elements of a page: small, of the page's colours, with names of their own."""

import re
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from PIL import Image

from tidemark.report.figures.colours import INK
from tidemark.report.figures.png import png
from tidemark.report.figures.style import styled
from tidemark.report.figures.svg import path_data, svg

NUMBER = st.floats(-500, 500, allow_nan=False).map(lambda value: round(value, 3))
POINT = st.tuples(NUMBER, NUMBER)


def absolute(data: str) -> list[tuple[str, list[tuple[float, float]]]]:
    """Commands of a path with relative coordinates, in absolute ones."""
    here, start, found = np.zeros(2), np.zeros(2), []
    for letter, text in re.findall(r"([a-z])([^a-z]*)", data):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+", text)]
        size = {"m": 2, "l": 2, "h": 1, "v": 1, "q": 4, "c": 6, "z": 0}[letter]
        for place in range(0, len(values), size) if size else [0]:
            part = values[place : place + size]
            if letter == "z":
                here = start
                continue
            part = [part[0], 0.0] if letter == "h" else [0.0, part[0]] if letter == "v" else part
            points = [here + part[i : i + 2] for i in range(0, len(part), 2)]
            here = points[-1]
            start = here if letter == "m" else start
            found.append(("l" if letter in "hv" else letter, [(float(x), float(y)) for x, y in points]))
    return found


@given(
    st.lists(st.tuples(st.sampled_from("MLQC"), POINT, POINT, POINT), min_size=1, max_size=12), st.booleans()
)
def test_relative_paths_lead_to_the_same_places(
    commands: list[tuple[str, *tuple[tuple[float, float], ...]]], closed: bool
) -> None:
    wanted, text = [], ""
    for letter, *points in [("M", *commands[0][1:]), *commands[1:]]:
        used = points[: {"M": 1, "L": 1, "Q": 2, "C": 3}[letter]]
        wanted.append((letter.lower(), used))
        text += f"{letter} {' '.join(f'{x} {y}' for x, y in used)} \n"
    found = absolute(path_data(text + "z" * closed, 1))
    assert [letter for letter, _ in found] == [letter for letter, _ in wanted]
    for (_, ours), (_, theirs) in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.051)


@pytest.fixture
def figure() -> Figure:
    with styled():
        result = Figure(figsize=(3, 2))
        axes = result.subplots()
        axes.plot([0, 1, 2], [0, 1, 0], color=INK, marker="o")
        axes.plot([0, 1, 2], [1, 0, 1], color="#0072b2")
        axes.add_artist(Circle((1, 0.5), 0.2, color="#d55e00"))
        axes.imshow(np.arange(4.0).reshape(2, 2), extent=(0, 1, 0, 1))
        axes.set_title('a < b & "c"')
    return result


def drawn(figure: Figure, name: str = "denoise/d/x.svg") -> str:
    with styled():
        return svg(figure, name, 'says "so" & more')


def test_it_is_an_element_that_says_what_it_shows(figure: Figure) -> None:
    root = ElementTree.fromstring(drawn(figure))
    assert root.get("viewBox") == "0 0 216 144" and root.get("aria-label") == 'says "so" & more'
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert 'a < b & "c"' in texts and "0.0" in texts


def test_every_name_is_its_own_and_is_there(figure: Figure) -> None:
    first, second = drawn(figure, "a"), drawn(figure, "b")
    for text in (first, second):
        ids = re.findall(r' id="([^"]+)"', text)
        used = re.findall(r'(?:url\(|href=")#([^")]+)', text)
        assert len(ids) == len(set(ids)) and used and set(used) <= set(ids)
        classes = set(re.findall(r' class="([^"]+)"', text))
        assert classes == set(re.findall(r"\.(\w+)\{", text))
    names = [set(re.findall(r' (?:id|class)="([^"]+)"', text)) for text in (first, second)]
    assert not names[0] & names[1]


def test_colours_of_the_page_have_its_names_and_nothing_is_loaded(figure: Figure) -> None:
    text = drawn(figure)
    assert "var(--ink,#1b2430)" in text and "stroke:#0072b2" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert text.count("data:image/webp;base64,") == 1 and "<metadata" not in text


def test_the_same_bytes_again(figure: Figure) -> None:
    assert drawn(figure) == drawn(figure)
    with styled():
        assert png(figure) == png(figure)


def test_a_png_has_few_colours_and_a_white_ground(figure: Figure) -> None:
    with styled():
        image = Image.open(BytesIO(png(figure, 16)))
    assert len(image.convert("RGB").getcolors(10**6) or []) <= 16
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert not image.info.keys() & {"Software", "Creation Time"}
