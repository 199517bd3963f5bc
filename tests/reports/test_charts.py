"""Charts: valid SVG that escapes its texts, says the same in words, and draws what the figures say."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.engine import charts
from reports.engine.charts import (
    LADDER_COLOURS,
    LadderColumn,
    distribution_bar,
    ladder_map,
    ladder_strip,
    scale_bar,
    share_bar,
    wrapped,
)
from tests.conftest import ROOT

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</title><script>alert("1")</script> & <b style="x">\'«»'
STEPS = ["Criminal: broken promise", "Basic", "Expected", "Desired", "Surprising", "Unbelievable"]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own markup


def column(name: str = "Contact", median: float | None = 3, counts=(0, 1, 3, 6, 2, 0), **more) -> LadderColumn:
    return LadderColumn(name, counts, median, **more)


def chart_of(kind: str, label: str) -> str:
    return {
        "ladder": lambda: ladder_map([column(label), column("Closing", is_weakest=True)], STEPS, label),
        "strip": lambda: ladder_strip(column(), 6, label, largest=6),
        "scale": lambda: scale_bar(2.8, (2.5, 3.1), 4.0, label),
        "distribution": lambda: distribution_bar((1, 2, 3, 4, 5), label),
        "share": lambda: share_bar(0.4, label),
    }[kind]()


KINDS = ["ladder", "strip", "scale", "distribution", "share"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("label", ["Voz del cliente: 2,8", HOSTILE])
def test_a_chart_is_an_image_with_a_title_and_a_label(kind: str, label: str) -> None:
    root = parsed(chart_of(kind, label))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{SVG}title") == label
    assert root.find(f".//{SVG}script") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_asks_for_no_style_and_nothing_from_elsewhere(kind: str) -> None:
    for element in parsed(chart_of(kind, "label")).iter():
        assert not {"style", "href", "onload"} & set(element.keys())
        assert element.get("class") in {None, *charts.CLASSES.values()}
        assert element.tag not in {f"{SVG}image", f"{SVG}style", f"{SVG}foreignObject"}


def test_a_hostile_step_or_point_stays_a_text() -> None:
    root = parsed(ladder_map([column(HOSTILE)], [HOSTILE] * 6, "label"))
    assert root.find(f".//{SVG}script") is None
    assert "<script>" in "".join(root.itertext()).replace("\n", "")


# The ladder map


@pytest.mark.parametrize("name", ["استقبال", "קבלה", "👩‍⚕️ Consulta", "स्वागत", "cafe\u0301"])
def test_a_name_whose_letters_belong_together_is_no_text_of_the_picture(name: str) -> None:
    """WeasyPrint draws the texts of a picture letter by letter: unjoined, and from left to right."""
    markup = ladder_map([column(name, is_weakest=True), column("Cierre <i>")], STEPS, "label")
    picture, below = markup.split("</svg>")
    assert name not in picture
    assert "Cierre" not in picture, "all names of a row look alike"
    assert f'<span dir="auto" class="weakest">{name}</span>' in below
    assert '<span dir="auto">Cierre &lt;i&gt;</span>' in below
    assert ladder_map([column("Diagnóstico – Łódź 窓口")], STEPS, "label").endswith("</svg>")


def test_every_step_stands_with_its_number_and_name_the_worst_at_the_bottom() -> None:
    texts = [
        (float(text.get("y", 0)), text.text)
        for text in parsed(ladder_map([column()], STEPS, "label")).iter(f"{SVG}text")
    ]
    heights = {text: y for y, text in texts}
    assert [heights[str(value)] for value in range(6, 0, -1)] == sorted(heights[str(value)] for value in range(1, 7))
    words = " ".join(text or "" for _, text in texts)
    for step in STEPS[1:]:
        assert step in words


def test_a_bar_is_drawn_for_each_step_that_somebody_chose_and_the_widest_for_the_most() -> None:
    root = parsed(ladder_map([column(counts=(0, 1, 3, 6, 2, 0))], STEPS, "label"))
    bars = {bar.get("fill"): float(bar.get("width", 0)) for bar in root.iter(f"{SVG}rect") if bar.get("stroke-opacity")}
    assert set(bars) == set(LADDER_COLOURS[1:5])
    assert bars[LADDER_COLOURS[3]] == max(bars.values())
    assert bars[LADDER_COLOURS[3]] == pytest.approx(2 * bars[LADDER_COLOURS[2]], abs=0.2)


def test_where_a_distribution_may_not_show_only_the_median_is_drawn() -> None:
    root = parsed(ladder_map([column(counts=None)], STEPS, "label"))
    assert [bar for bar in root.iter(f"{SVG}rect") if bar.get("stroke-opacity")] == []
    assert len(list(root.iter(f"{SVG}circle"))) == 1


def test_a_withheld_point_has_its_name_and_no_mark() -> None:
    root = parsed(ladder_map([column("Contact", None, None)], STEPS, "label"))
    assert list(root.iter(f"{SVG}circle")) == []
    assert "Contact" in "".join(root.itertext())


def test_a_strip_of_the_map_has_the_same_marks_with_the_best_step_at_right() -> None:
    root = parsed(ladder_strip(column(median=3.5, customers_median=6), 6, "label", largest=12))
    numbers = [(float(text.get("x", 0)), text.text) for text in root.iter(f"{SVG}text")]
    assert [text for _, text in sorted(numbers)] == ["1", "2", "3", "4", "5", "6"]
    bars = {bar.get("fill"): float(bar.get("width", 0)) for bar in root.iter(f"{SVG}rect") if bar.get("stroke-opacity")}
    assert set(bars) == set(LADDER_COLOURS[1:5])
    assert bars[LADDER_COLOURS[3]] == pytest.approx(46 * 0.86 / 2, abs=0.1), "half of those whom the widest stands for"
    (dot,), (diamond,) = root.iter(f"{SVG}circle"), root.iter(f"{SVG}path")
    assert float(dot.get("cx", 0)) == pytest.approx(3 * 46), "between the third step and the fourth"
    assert diamond.get("d", "").startswith("M246.0")


def test_a_strip_shows_no_more_than_may_be_seen() -> None:
    unseen = parsed(ladder_strip(column(counts=None, median=None), 6, "label", largest=1))
    assert [bar for bar in unseen.iter(f"{SVG}rect") if bar.get("stroke-opacity")] == []
    assert list(unseen.iter(f"{SVG}circle")) == []


def test_a_higher_median_stands_higher_and_a_half_between_two_steps() -> None:
    columns = [column(median=median, counts=None) for median in (3, 3.5, 4)]
    heights = [float(dot.get("cy", 0)) for dot in parsed(ladder_map(columns, STEPS, "label")).iter(f"{SVG}circle")]
    assert heights[0] > heights[1] > heights[2]
    assert heights[1] == pytest.approx((heights[0] + heights[2]) / 2)


def test_the_customers_have_a_mark_of_their_own() -> None:
    root = parsed(ladder_map([column(customers_median=2), column()], STEPS, "label"))
    assert len(list(root.iter(f"{SVG}path"))) == 1


def test_the_weakest_point_differs_in_more_than_colour() -> None:
    root = parsed(ladder_map([column("Contact", is_weakest=True), column("Closing")], STEPS, "label"))
    weights = {text.text: text.get("font-weight") for text in root.iter(f"{SVG}text")}
    assert weights["Contact"] != weights["Closing"]


@given(st.integers(1, 12))
def test_all_marks_and_names_stay_inside_the_picture(points: int) -> None:
    name = "Espera en la línea telefónica de atención al público"
    root = parsed(ladder_map([column(name, customers_median=1) for _ in range(points)], STEPS, "label"))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", -1)) <= width
        assert 0 <= float(text.get("y", -1)) <= height
    for rect in root.iter(f"{SVG}rect"):
        assert 0 <= float(rect.get("x", -1)) <= float(rect.get("x", 0)) + float(rect.get("width", 0)) <= width + 0.1


# The small charts


def test_the_interval_the_score_and_the_target_stand_at_their_values() -> None:
    root = parsed(scale_bar(3.0, (2.0, 4.0), 5.0, "label"))
    (dot,) = root.iter(f"{SVG}circle")
    (bar,) = (line for line in root.iter(f"{SVG}line") if line.get("stroke-width") == "8")
    (target,) = (line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray"))
    centre = float(dot.get("cx", 0))
    assert (float(bar.get("x1", 0)) + float(bar.get("x2", 0))) / 2 == pytest.approx(centre)
    # From 3 to 5 it is twice as far as from 3 to 4.
    assert float(target.get("x1", 0)) - centre == pytest.approx(2 * (float(bar.get("x2", 0)) - centre), abs=0.2)


def test_without_an_interval_there_is_a_score_and_no_bar() -> None:
    root = parsed(scale_bar(4.8, None, 4.0, "label"))
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert not [line for line in root.iter(f"{SVG}line") if line.get("stroke-width") == "8"]


@given(st.floats(-3, 9), st.floats(-3, 9))
def test_an_interval_beyond_the_scale_is_drawn_to_its_end(low: float, high: float) -> None:
    svg = scale_bar(3.0, (min(low, high), max(low, high)), 4.0, "label")
    _, _, width, _ = map(float, parsed(svg).get("viewBox", "").split())
    assert all(0 <= float(value) <= width for value in re.findall(r'x[12]="([-\d.]+)"', svg))


@given(st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any))
def test_the_parts_of_a_distribution_fill_its_bar_in_shares(counts: list[int]) -> None:
    parts = [float(part.get("width", 0)) for part in parsed(distribution_bar(counts, "label")).iter(f"{SVG}rect")]
    assert len(parts) == sum(count > 0 for count in counts)
    assert sum(parts) == pytest.approx(119, abs=0.5)
    largest = max(counts)
    assert max(parts) == pytest.approx(119 * largest / sum(counts), abs=0.1)


def test_no_bar_is_drawn_of_nobody() -> None:
    (frame,) = parsed(share_bar(0, "label")).iter(f"{SVG}rect")
    assert float(frame.get("width", 0)) > 0


@pytest.mark.parametrize("share", [0.01, 0.25, 1])
def test_a_share_fills_its_part_of_the_frame(share: float) -> None:
    frame, bar = parsed(share_bar(share, "label")).iter(f"{SVG}rect")
    assert float(bar.get("width", 0)) == pytest.approx(share * float(frame.get("width", 0)), abs=0.1)


# Long names


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200), st.integers(8, 30))
def test_a_wrapped_name_has_at_most_so_many_lines_of_at_most_so_many_letters(name: str, width: int) -> None:
    lines = wrapped(name, width, 3)
    assert 1 <= len(lines) <= 3
    assert all(len(line) <= width for line in lines)


def test_what_is_left_out_of_a_name_is_shown_by_an_ellipsis() -> None:
    assert wrapped("Espera en la línea telefónica de atención", 10, 2) == ["Espera en", "la línea…"]
    assert wrapped("Cierre", 10, 2) == ["Cierre"]
    assert wrapped("", 10, 2) == [""]


@pytest.mark.parametrize("file", ["reports/action_plan/print.css", "assessment/web/static/results.css"])
def test_the_legends_of_page_and_paper_have_the_colours_of_the_charts(file: str) -> None:
    rules = re.findall(
        r"\.legend \.shade-(\d+)::before \{ background: (#[0-9a-f]{6}); \}", (ROOT / file).read_text("utf-8")
    )
    assert tuple(colour for _, colour in rules) == charts.SHADES
    assert [int(shade) for shade, _ in rules] == list(range(len(charts.SHADES)))


@pytest.mark.parametrize("points", range(2, 11))
def test_every_point_of_a_scale_has_a_shade_of_its_own_from_palest_to_strongest(points: int) -> None:
    shades = charts.shades_of(points)
    assert (shades[0], shades[-1], len(set(shades))) == (0, len(charts.SHADES) - 1, points)
    assert list(shades) == sorted(shades)


def test_five_points_keep_the_maturity_colours() -> None:
    assert tuple(charts.SHADES[shade] for shade in charts.shades_of(5)) == charts.MATURITY_COLOURS
