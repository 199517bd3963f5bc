"""A questionnaire with every kind of section goes all the way: opened, answered, imported, published, shown."""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Iterable
from pathlib import Path

import pytest

from assessment.catalogue import catalogue
from assessment.domain.answers import AnswerSheet
from assessment.infra.clock import utc_now
from assessment.services.questionnaires import store_questionnaire
from assessment.services.respond import resolve_link, save_draft, submit_response
from assessment.services.rounds import open_round
from assessment.services.teams import highest_targets
from assessment.store.responses import answers_of
from assessment.store.rounds import Round
from tests.conftest import ROOT
from tests.printing import words_of_pages, words_of_pdf
from tests.questionnaires.every_kind import FILE, LEARNING, every_kind, person
from tests.web.client import PageClient
from tests.web.respond_rounds import Phone
from tests.web.world import World

ASKED = every_kind()
POINTS = ("contact", "logging")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example beside the questionnaires that travel with the product."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for source in (*(ROOT / "questionnaires").iterdir(), ROOT / "tests" / "questionnaires" / "every-kind"):
        if source.is_dir():
            (folder / source.name).symlink_to(source)
    text = FILE.read_text("utf-8")
    only_desk = text[: text.index("  - kind: statements")] + text[text.index("  - kind: statements\n    id: desk") :]
    comment = text[text.index("  - kind: text\n    id: comment") : text.index("  - kind: text\n    id: pride")]
    only_desk = only_desk.replace(comment, "")
    (folder / "only-desk").mkdir()
    (folder / "only-desk" / "v1.yaml").write_text(only_desk.replace("id: every-kind", "id: only-desk"), "utf-8")
    monkeypatch.setattr(catalogue, "_folder", lambda: folder)
    highest_targets.cache_clear()


def make_sheet(seed: int) -> AnswerSheet:
    chance = random.Random(seed)
    items = {item.id: chance.choice((2, 3, 4, 5)) for item in ASKED.items}
    items |= dict.fromkeys(("tracking-1", "tracking-2", "escalation-1", "meetings-rubric"), 1 + seed % 3)
    return AnswerSheet(
        items=dict(items),
        ladder={point: chance.choice((2, 3, 4)) for point in POINTS},
        focus=("warmth",),
        comment=f"Comentario {seed}",
        choices={"learning": LEARNING[seed % 3]},
        texts={"pride": f"Orgullo {seed}"},
    )


def open_example(world: World, *questionnaires: str) -> tuple[uuid.UUID, str]:
    """The id of the round and the token of its link."""
    now = utc_now()
    with world.app.extensions["escala_database"].writing() as session:
        round_ = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Todo",
            opens_at=now,
            closes_at=None,
            questionnaires=questionnaires or ("every-kind",),
            now=now,
        )
        return round_.id, round_.link_token


def publish(client: PageClient, address: str) -> None:
    """Stops and publishes a round, and opens its results."""
    client.get(f"{address}/stop")
    client.fill({})
    client.get(f"{address}/publish")
    client.fill({"confirmed": "y"})
    assert client.get(f"{address}/results").status_code == 200


def answer_all(world: World, token: str, sheets: Iterable[AnswerSheet]) -> None:
    for sheet in sheets:
        cookie = uuid.uuid4().hex
        with world.app.extensions["escala_database"].writing() as session:
            access = resolve_link(session, token=token, cookie=cookie)
            save_draft(session, access, cookie=cookie, sheet=sheet, now=utc_now())
            submit_response(session, access, cookie=cookie, now=utc_now())


def phone_of(world: World, language: str = "en") -> Phone:
    world.app.test_client_class = Phone
    phone = world.app.test_client()
    assert isinstance(phone, Phone)
    phone.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return phone


@pytest.mark.usefixtures("shelf")
def test_a_respondent_walks_through_every_section(world: World) -> None:
    round_id, token = open_example(world)
    phone = phone_of(world)
    phone.open_link(token)
    assert "An example questionnaire" in phone.page.text
    phone.press()
    walked = []
    values = {
        "warmth": {"warmth_1": "7", "warmth_2": "DK"},
        "speed": {"speed_1": "1", "speed_2": "2", "speed_3": "3"},
        "care": {"care_1": "4", "care_2": "5"},
        "focus": {"focus": "care"},
        "tracking": {"tracking_1": "3", "tracking_2": "1"},
        "escalation": {"escalation_1": "2"},
        "meetings": {"meetings_rubric": "3"},
        "learning": {"chosen": "educators"},
        "comment": {"comment": "Todo bien"},
        "pride": {"comment": "El equipo"},
    }
    texts = {}
    while phone.step != "send":
        step = phone.step
        walked.append(step)
        texts[step] = phone.page.text
        phone.press(**values.get(step, {"step": "4"} if step.startswith("moment-") else {}))
    assert [step for step in walked if not step.startswith("moment-")] == list(values)
    assert walked.index("focus") < walked.index("moment-contact") < walked.index("tracking")
    assert "Step 1 of 17" in texts["warmth"]
    assert "Entirely" in texts["warmth"]
    assert "Practices of the service desk Tracking" in texts["tracking"]
    assert "Doesn't apply" in texts["tracking"]
    assert "People learn to think of whoever is served." in texts["learning"]
    assert "What is the team proud of?" in texts["pride"]
    assert not any("Part 1 of" in text for text in texts.values()), "one questionnaire has no parts"
    phone.follow(phone.fill({}))
    with world.app.extensions["escala_database"].reading() as session:
        (document,) = answers_of(session, round_id)
    assert document["items"]["warmth-1"] == 7
    assert document["items"]["warmth-2"] == "DK"
    assert (document["items"]["tracking-1"], document["items"]["meetings-rubric"]) == (3, 3)
    assert document["choices"] == {"learning": "educators"}
    assert (document["comment"], document["texts"]) == ("Todo bien", {"pride": "El equipo"})
    assert document["focus"] == ["care"]


@pytest.mark.usefixtures("shelf")
def test_an_answer_that_a_choice_does_not_offer_is_refused_on_its_page(world: World) -> None:
    _, token = open_example(world)
    phone = phone_of(world)
    phone.open_link(token)
    phone.press()
    while phone.step != "learning":
        phone.press()
    assert phone.fill({"chosen": "sleeping", "go": "next"}).status_code == 422
    assert "please choose one of the answers shown" in phone.page.text


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.usefixtures("shelf")
def test_the_published_round_shows_every_section(world: World, language: str) -> None:
    round_id, token = open_example(world)
    answer_all(world, token, map(make_sheet, range(12)))
    client = world.client("manager", language)
    address = f"{world.team_address}/rounds/{round_id}"
    publish(client, address)
    shown = client.page.text
    assert ASKED.pillars_section.title is not None
    for section in (ASKED.pillars_section, *(section for _, section in ASKED.sections_apart)):
        assert section.title is not None
        assert section.title.in_language("es" if language == "es" else "en") in shown
    for words in {"es": ("de 1 a 7", "de 1 a 3", "4 personas"), "en": ("from 1 to 7", "from 1 to 3", "4 people")}[
        language
    ]:
        assert words in shown
    for words in ("Comentario 3", "Orgullo 3", ASKED.texts[1].question.in_language("es" if language == "es" else "en")):
        assert words in shown
    ends = {"es": "de 1 («Nada») a 7 («Del todo»)", "en": "from 1 (“Not at all”) to 7 (“Entirely”)"}
    assert ends[language] in shown
    assert not any(words in shown for words in ("twelve", "doce", "from 1 to 5", "de 1 a 5", "(always)", "(siempre)"))
    assert client.get(f"{address}/plan").status_code == 200
    for words in {"es": ("Calidez del trato", "meta 5,5"), "en": ("Warmth of treatment", "target 5.5")}[language]:
        assert words in client.page.text
    for words in {"es": "Agregar una acción de la biblioteca", "en": "Add an action from the library"}.values():
        assert words not in client.page.text, "the library has none for these pillars"
    printed = client.get(f"{address}/plan.pdf")
    assert printed.headers["Content-Type"] == "application/pdf"
    pages = words_of_pages(printed.data)
    text = " ".join(pages)
    for words in {"es": ("Calidez del trato", "meta 5,5", "Registro"), "en": ("Warmth of treatment", "target 5.5")}[
        language
    ]:
        assert words in pages[0]
    for section in (ASKED.pillars_section, *(section for _, section in ASKED.sections_apart)):
        assert section.title is not None
        assert section.title.in_language("es" if language == "es" else "en") in text
    for words in {
        "es": (
            "Puntaje, de 1 a 7",
            "Puntaje, de 1 a 3",
            "4 personas",
            ends["es"],
            "Cuestionario: Todo tipo de preguntas",
        ),
        "en": (
            "Score, from 1 to 7",
            "Score, from 1 to 3",
            "4 people",
            ends["en"],
            "Questionnaire: Every kind of question",
        ),
    }[language]:
        assert words in text
    for words in ("twelve", "doce", "from 1 to 5", "de 1 a 5", "(always)", "(siempre)", "Comentario", "Orgullo"):
        assert words not in text
    with world.app.extensions["escala_database"].reading() as session:
        round_ = session.get_one(Round, round_id)
        assert round_.snapshot is not None
        assert set(round_.snapshot["sections"]["every-kind"]) == {"desk", "habits", "learning"}


@pytest.mark.usefixtures("shelf")
def test_a_round_without_pillars_shows_its_sections_and_no_plan(world: World) -> None:
    round_id, token = open_example(world, "only-desk")
    pillars = {item.id for item in ASKED.items}
    answer_all(
        world,
        token,
        (
            AnswerSheet(
                items={item: answer for item, answer in sheet.items.items() if item not in pillars},
                choices=sheet.choices,
            )
            for sheet in map(make_sheet, range(12))
        ),
    )
    client = world.client("manager")
    address = f"{world.team_address}/rounds/{round_id}"
    publish(client, address)
    for words in (
        "What the team says of its own service 12 people answered.",
        "There is no plan for this round: a plan is based on the pillars, and this round did not ask about them.",
        "Practices of the service desk",
        "How the team learns",
        "4 people",
        "Score, from 1 to 3",
        "In their own words What is the team proud of?",
        "A score is the average of what people answered, on the scale that stands beside it.",
        "Questionnaire: Every kind of question v1. Made with Escala.",
    ):
        assert words in client.page.text
    for words in ("Too few answers", "What we suggest", "The score of a pillar", "The ladder", "is the target"):
        assert words not in client.page.text
    assert not [link for link in client.page.links if f"{address}/plan" in link]
    for page in ("plan", "plan.pdf"):
        assert client.get(f"{address}/{page}").headers["Location"] == f"{address}/results"
    client.get("/")
    assert "The results are ready. Read them with the team." in client.page.text
    assert f"{address}/results" in client.page.links
    assert f"{address}/plan" not in client.page.links


MOMENTS = """
schema: escala.questionnaire/2
id: our-moments
version: 1
title: {es: "Nuestros momentos", en: "Our moments"}
introduction: {es: "Solo lo que vive el cliente.", en: "Only what the customer lives."}
sections:
"""


def test_a_round_of_perception_points_alone_shows_the_ladder_and_the_comments(world: World) -> None:
    text = FILE.read_text("utf-8")
    ladder = text[text.index("  - kind: ladder") : text.index("  - kind: statements\n    id: desk")]
    comment = text[text.index("  - kind: text\n    id: comment") : text.index("  - kind: text\n    id: pride")]
    with world.app.extensions["escala_database"].writing() as session:
        own = (MOMENTS + ladder + comment).encode()
        store_questionnaire(session, organisation_id=world.organisation, text=own)
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/new")
    assert "Our moments (about 3 minutes each)" in client.page.text
    assert "6 moments on the service ladder · A comment" in client.page.text
    address = client.fill({"questionnaires": ["our-moments"]}).headers["Location"]
    round_id = uuid.UUID(address.rpartition("/")[2])
    with world.app.extensions["escala_database"].reading() as session:
        token = session.get_one(Round, round_id).link_token
    sheets = map(make_sheet, range(12))
    answer_all(world, token, (AnswerSheet(ladder=sheet.ladder, comment=sheet.comment) for sheet in sheets))
    publish(client, address)
    for words in (
        "There is no plan for this round: a plan is based on the pillars, and this round did not ask about them.",
        "On the customer's journey, the weakest moment is “Logging”",
        "What customers experience, moment by moment, according to the team",
        "The ladder is a judgement, not a measurement",
        "What one change would help most?",
        "Comentario 3",
    ):
        assert words in client.page.text
    for words in ("Pillar", "pillar is", "Levels:", "A score", "Too few answers for"):
        assert words not in client.page.text


@pytest.mark.usefixtures("shelf")
def test_a_manager_chooses_one_questionnaire_or_several_that_go_together(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/new")
    assert client.page.forms[-1]["data"]["questionnaires"] == "service-culture"
    for words in (
        "Practices of the service desk (3 statements) · Habits of the team (1 question with described answers)",
        "How the team learns · What makes us proud",
    ):
        assert words in client.page.text
    assert client.fill({"questionnaires": ["every-kind", "only-desk"]}).status_code == 200
    assert "both have a part called “Practices of the service desk”. Choose one of them." in client.page.text
    address = client.fill({"questionnaires": ["only-desk", "service-culture"]}).headers["Location"]
    with world.app.extensions["escala_database"].reading() as session:
        found = session.get_one(Round, uuid.UUID(address.rpartition("/")[2]))
        asked = [pinned.version.questionnaire_id for pinned in found.questionnaires]
    assert asked == ["service-culture", "only-desk"]


@pytest.mark.usefixtures("shelf")
def test_a_round_asks_several_questionnaires_at_once(world: World) -> None:
    round_id, token = open_example(world, "service-culture", "only-desk")
    statements = {item.id: 3 for item in catalogue.load_questionnaire().items}
    desk = {"tracking-1": 2, "tracking-2": 1, "escalation-1": 3, "meetings-rubric": 2}
    sheet = AnswerSheet(items={**statements, **desk}, choices={"learning": "educators"}, texts={"pride": "El trato"})
    answer_all(world, token, [sheet] * 6)
    client = world.client("manager")
    address = f"{world.team_address}/rounds/{round_id}"
    publish(client, address)
    for words in (
        "The twelve pillars of a service culture",
        "Practices of the service desk",
        "Most chose “Service educators”.",
        "Every kind of question Practices of the service desk",
        "Questionnaires: Service culture v1 · Every kind of question v1. Made with Escala.",
    ):
        assert words in client.page.text
    text = words_of_pdf(client.get(f"{address}/plan.pdf").data)
    for words in (
        "Every kind of question Practices of the service desk",
        "Questionnaires: Service culture v1 · Every kind of question v1. Made with Escala.",
    ):
        assert words in text
    with world.app.extensions["escala_database"].reading() as session:
        snapshot = session.get_one(Round, round_id).snapshot
        assert snapshot is not None
        assert set(snapshot["sections"]["only-desk"]) == {"desk", "habits", "learning"}


@pytest.mark.usefixtures("shelf")
def test_several_questionnaires_are_asked_part_by_part_and_end_with_what_is_typed(world: World) -> None:
    round_id, token = open_example(world, "only-desk", "service-culture")
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/{round_id}")
    assert "It asks: Service culture and Every kind of question (about 9 minutes each)." in client.page.text
    assert "Every kind of question Practices of the service desk (3 statements) · Habits" in client.page.text
    phone = phone_of(world)
    phone.open_link(token)
    assert "2 parts: Service culture; Every kind of question." in phone.page.text
    phone.press()
    texts = {}
    while phone.step != "send":
        texts[phone.step] = phone.page.text
        phone.press(**{"language": {"language_1": "4"}, "tracking": {"tracking_1": "2"}}.get(phone.step, {}))
    walked = list(texts)
    assert walked[0] == "language"
    assert walked.index("moment-closing") + 1 == walked.index("tracking"), "one questionnaire after the other"
    assert walked[-3:] == ["learning", "comment", "pride"]
    assert "Part 1 of 2: Service culture" in texts["language"]
    assert "These statements are about" in texts["language"]
    assert "Part 2 of 2: Every kind of question Practices of the service desk" in texts["tracking"]
    assert "An example questionnaire" in texts["tracking"]
    assert not any("An example questionnaire" in text for step, text in texts.items() if step != "tracking")
    assert "Part" not in texts["comment"]
    for missing in (
        "Common service language 3 missing",
        "Tracking of every case 1 missing",
        "In your own words",
    ):
        assert missing in phone.page.text


@pytest.mark.usefixtures("shelf")
def test_a_file_of_answers_to_it_becomes_a_round(world: World) -> None:
    client = world.client("manager")
    rows = [person(5, comment="Bien") for _ in range(6)]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    client.get(f"{world.team_address}/rounds/import")
    assert "Every kind of question" in client.page.text
    file = (io.BytesIO("\n".join(lines).encode()), "answers.csv")
    assert client.fill({"file": file, "questionnaire": "every-kind"}).status_code == 200
    assert client.page.h1 == "What the file says"
    address = client.fill({"name": "From a file"}).headers["Location"]
    with world.app.extensions["escala_database"].reading() as session:
        round_ = session.get_one(Round, uuid.UUID(address.rpartition("/")[2]))
        assert [pinned.version.questionnaire_id for pinned in round_.questionnaires] == ["every-kind"]
        documents = list(answers_of(session, round_.id))
    assert {document["choices"]["learning"] for document in documents} == {"trainers"}
    assert (
        client.get(f"{world.team_address}/rounds/import/template?questionnaire=every-kind&format=csv").status_code
        == 200
    )
    assert client.get(f"{world.team_address}/rounds/import/template?questionnaire=nothing").status_code == 404
