"""The results as slides, from the results page: who gets them, of which rounds, and what is in them."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from typing import Any

import pytest
from pptx import Presentation

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.consultancies import set_of_organisation
from assessment.services.publication import publish_round
from assessment.services.rounds import stop_round
from tests.services.build import make_sheet
from tests.web import test_every_kind as kinds
from tests.web.client import PageClient
from tests.web.test_every_kind import shelf  # noqa: F401 - a fixture
from tests.web.test_results import publish, sheets
from tests.web.world import World

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def slides_of(client: PageClient, address: str) -> list[Any]:
    """The slides behind the link of the results page."""
    client.get(f"{address}/results")
    [link] = [one for one in client.page.links if one.endswith("/results/slides.pptx")]
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == PPTX
    assert answer.headers["Cache-Control"] == "private, no-store"
    return list(Presentation(io.BytesIO(answer.get_data())).slides)


def words_of(slides: list[Any]) -> str:
    shapes = [shape for slide in slides for shape in slide.shapes]
    cells = [cell.text for shape in shapes if shape.has_table for cell in shape.table.iter_cells()]
    return "\n".join([*(shape.text_frame.text for shape in shapes if shape.has_text_frame), *cells])


def bars_of(slides: list[Any]) -> list[tuple[tuple[str, ...], tuple[float | None, ...]]]:
    plots = [shape.chart.plots[0] for slide in slides for shape in slide.shapes if shape.has_chart]
    return [(tuple(map(str, plot.categories)), tuple(plot.series[0].values)) for plot in plots]


@pytest.mark.parametrize("language", ["es", "en"])
def test_whoever_sees_results_downloads_them_as_slides_in_both_languages(world: World, language: str) -> None:
    address, client = publish(world, *sheets(12)), world.client("viewer", language)
    with world.app.extensions["escala_database"].writing() as session:
        set_of_organisation(session, organisation_id=world.organisation, name="Faro Consultores")
    slides = slides_of(client, address)
    text = words_of(slides)
    assert text.count("Faro Consultores") == 2, "on the first slide and the last one"
    assert ("12 people answered." if language == "en" else "Respondieron 12 personas.") in text
    assert ("Our plan: a proposal" if language == "en" else "Nuestro plan: una propuesta") in text
    assert len(bars_of(slides)[0][0]) == 12
    other = {"es": "en", "en": "es"}[language]
    [link] = [one for one in client.page.links if one.endswith(f"slides.pptx?language={other}")]
    answer = client.get(link)
    assert f"-{other}.pptx" in answer.headers["Content-Disposition"]


def test_of_a_result_that_is_withheld_there_are_no_slides(world: World) -> None:
    address, client = publish(world, *sheets(3)), world.client("viewer", "en")
    client.get(f"{address}/results")
    assert not [one for one in client.page.links if "slides" in one]
    answer = client.get(f"{address}/results/slides.pptx")
    assert answer.status_code in (302, 303)
    assert answer.headers["Location"].endswith("/results")


def test_agreed_answers_and_a_plan_that_was_begun_make_slides(world: World) -> None:
    sheet = replace(make_sheet(1), role=Role.CONSENSUS)
    address, client = publish(world, sheet, mode=RoundMode.CONSENSUS), world.client("manager", "en")
    client.get(f"{address}/plan")
    [form] = [one for one in client.page.forms if one["action"].endswith("/plan")]
    client.post(form["action"], data=form["data"])
    slides = slides_of(client, address)
    text = words_of(slides)
    assert "The team agreed on these answers together" in text
    assert "How these values came about" in text
    assert "likely" not in text.lower().replace("unlikely", "")


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("questionnaire", ["every-kind", "only-desk"])
def test_every_kind_of_section_on_any_scale_comes_on_slides(world: World, questionnaire: str) -> None:
    """Seven points, rubrics, a choice, no pillars and so no plan: each section has its slide; comments have none."""
    answered = [kinds.make_sheet(seed) for seed in range(12)]
    if questionnaire == "only-desk":
        desk = ("tracking-1", "tracking-2", "escalation-1")
        answered = [AnswerSheet(items={item: one.items[item] for item in desk}) for one in answered]
    round_id, token = kinds.open_example(world, questionnaire)
    kinds.answer_all(world, token, answered)
    address = publish_now(world, round_id)
    slides = slides_of(world.client("viewer", "en"), address)
    text = words_of(slides)
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert "Comentario" not in text
    assert "Orgullo" not in text
    assert "Practices of the service desk" in titles
    if questionnaire == "every-kind":
        names, scores = bars_of(slides)[0]
        assert len(names) == len(kinds.ASKED.pillars)
        assert all(score is None or 1 <= score <= 7 for score in scores)
        assert any("learn" in title.lower() for title in titles)
    else:
        assert "There is no plan for this round" in text


def publish_now(world: World, round_id: uuid.UUID) -> str:
    where, database = (
        {"organisation_id": world.organisation, "round_id": round_id},
        world.app.extensions["escala_database"],
    )
    for act in (stop_round, publish_round):
        with database.writing() as session:
            act(session, **where, now=utc_now())
    return f"{world.team_address}/rounds/{round_id}"
