"""Answering a round without JavaScript: the whole way, back and forth, and what happens when it is interrupted."""

from __future__ import annotations

import re

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.answers import DK
from assessment.domain.rounds import RoundMode
from assessment.services.answer_documents import sheet_from_document
from assessment.services.rounds import invite
from tests.databases import KINDS
from tests.web.respond_rounds import PILLARS, POINTS, QUESTIONNAIRE, world


@pytest.fixture
def sqlite():
    with world("sqlite") as world_:
        yield world_


def answer_pillars(phone, value="4"):
    for pillar in QUESTIONNAIRE.pillars:
        assert phone.step == pillar.id
        phone.press(**{item.id: value for item in pillar.items})


def answer_everything(phone, comment="Más tiempo.\r\nY calma."):
    phone.press()
    answer_pillars(phone)
    phone.press(focus=["voice", "recovery"])
    for point in POINTS:
        assert phone.step == f"moment-{point}"
        phone.press(step="3")
    phone.press(comment=comment)
    assert phone.step == "send"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_whole_journey_arrives_as_it_was_answered(kind, language):
    with world(kind) as world_:
        token = world_.open_round()
        phone = world_.phone(language)
        phone.open_link(token)
        assert phone.page.lang == f"{language}-CO"
        answer_everything(phone)
        assert world_.answers(token) == []
        phone.press()
        assert phone.step == "thanks"
        assert phone.page.h1 == {"es": "Gracias", "en": "Thank you"}[language]
        [document] = world_.answers(token)
        sheet = sheet_from_document(document)
        assert sheet.items == {item.id: 4 for item in QUESTIONNAIRE.items}
        assert sheet.ladder == dict.fromkeys(POINTS, 3)
        assert set(sheet.focus) == {"voice", "recovery"}
        assert sheet.comment == "Más tiempo.\nY calma."


def test_the_first_page_promises_what_the_round_keeps(sqlite):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    assert "fewer than 5 people" in phone.page.text
    assert "about 8 minutes" in phone.page.text
    assert "at least 10 people" in phone.page.text
    assert "Clínica del Valle is responsible" in phone.page.text


def test_every_answer_of_the_scale_and_the_one_way_out_are_on_the_page(sqlite):
    phone = sqlite.phone("es")
    phone.open_link(sqlite.open_round())
    html = phone.press().get_data(as_text=True)
    for label in ("Nunca", "Casi nunca", "A veces", "Casi siempre", "Siempre", "No sé / no aplica"):
        assert html.count(f">{label}<") == 4


def test_the_ladder_stands_with_the_worst_at_the_bottom(sqlite):
    phone = sqlite.phone("es")
    phone.open_link(sqlite.open_round())
    html = phone.go("moment-contact").get_data(as_text=True)
    labels = re.findall(r'class="number">(\d)</span>\s+<span class="words"><b>([^<]+)', html)
    assert [number for number, _ in labels] == list("654321")
    assert labels[-1][1] == "Criminal: promesa rota"
    assert "¿Cómo cree que vive el cliente este momento" in html
    assert "Le fallaron en lo prometido" in html


def test_a_template_moment_is_named_in_the_readers_language_and_an_own_one_as_the_team_wrote_it(sqlite):
    token = sqlite.open_round()
    sqlite.change(token, points=[{"id": "contact", "name": "Contacto", "phase": "beginning"},
                                 {"id": "x", "name": "Café de bienvenida", "phase": "end"}])  # fmt: skip
    phone = sqlite.phone("en")
    phone.open_link(token)
    phone.go("moment-contact")
    assert phone.page.h1 == "Contact"
    assert "Consider how easy it is to reach someone" in phone.page.text
    phone.go("moment-x")
    assert phone.page.h1 == "Café de bienvenida"


def test_the_language_can_change_in_the_middle_and_nothing_is_lost(sqlite):
    phone = sqlite.phone("es")
    phone.open_link(sqlite.open_round())
    phone.press()
    phone.press("en", language_1="2", language_2="DK")
    assert phone.step == "language"
    assert phone.page.h1 == "Common service language"
    assert phone.page.forms[-1]["data"]["language-1"] == "2"
    assert phone.page.forms[-1]["data"]["language-2"] == "DK"
    phone.press("next")
    assert phone.page.lang == "en-CO"


def test_the_language_can_change_on_pages_without_questions(sqlite):
    phone = sqlite.phone("es")
    phone.open_link(sqlite.open_round())
    phone.get(phone.path.replace("/es", "/en"))
    assert phone.page.h1 == "How good is your team's service?"
    phone.press()
    phone.get(f"{phone.path}?lang=en")
    phone.get(phone.path)
    assert phone.page.lang == "en-CO"


def test_back_keeps_what_was_answered_and_shows_it_again(sqlite):
    phone = sqlite.phone()
    phone.open_link(sqlite.open_round())
    phone.press()
    phone.press(language_3="5")
    assert phone.step == PILLARS[1]
    phone.press("back", vision_1="1")
    assert phone.page.forms[-1]["data"]["language-3"] == "5"
    phone.press()
    assert phone.page.forms[-1]["data"]["vision-1"] == "1"


def test_after_a_pause_the_same_device_goes_on_where_it_stopped(sqlite):
    token = sqlite.open_round()
    phone = sqlite.phone()
    phone.open_link(token)
    phone.press()
    for pillar in QUESTIONNAIRE.pillars[:3]:
        phone.press(**{item.id: "3" for item in pillar.items})
    phone.delete_cookie("session")
    phone.open_link(token)
    phone.press()
    assert phone.step == PILLARS[3]
    other = sqlite.phone()
    other.open_link(token)
    other.press()
    assert other.step == PILLARS[0]
    assert "language-1" not in other.page.forms[-1]["data"]


def test_a_page_that_was_not_touched_changes_nothing_that_another_tab_has_changed(sqlite):
    phone = sqlite.phone()
    phone.open_link(sqlite.open_round())
    phone.press()
    first_tab = phone.page
    phone.press("back", language_1="2", language_2="3")
    phone.page = first_tab
    phone.press("back")
    phone.page = first_tab
    phone.press("back", language_1="5")
    phone.press()
    data = phone.page.forms[-1]["data"]
    assert (data["language-1"], data["language-2"]) == ("5", "3")


@pytest.mark.parametrize("value", ["0", "6", "3.5", "x", "<b>", "٣"])
def test_an_answer_that_was_not_offered_is_refused_and_changes_nothing(sqlite, value):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    phone.press()
    phone.press("back", language_1="4")
    phone.press()
    path = phone.path.replace("vision", "language")
    phone.get(path)
    refused = phone.fill({"language-1": value, "language-2": "2", "go": "next"})
    assert refused.status_code == 422
    assert "please choose one of the answers shown" in phone.page.text
    assert "#language-1" in phone.page.links
    phone.get(path)
    assert phone.page.forms[-1]["data"]["language-1"] == "4"
    assert "language-2" not in phone.page.forms[-1]["data"]


def test_more_than_three_pillars_are_refused_with_what_to_do(sqlite):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    phone.go("focus")
    refused = phone.fill({"focus": PILLARS[:4], "go": "next"})
    assert refused.status_code == 422
    assert "You chose 4 pillars" in phone.page.text
    assert refused.get_data(as_text=True).count("checked") == 4
    phone.fill({"focus": [*PILLARS[:2], "nothing"], "go": "next"})
    assert "choose from the pillars shown" in phone.page.text


def test_a_comment_too_long_is_refused_and_still_there(sqlite):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    phone.go("comment")
    refused = phone.fill({"comment": "a" * 4001, "go": "next"})
    assert refused.status_code == 422
    assert "under 4,000 characters" in phone.page.text
    assert "a" * 4001 in phone.page.text


def test_characters_that_a_database_refuses_do_no_harm(sqlite):
    token = sqlite.open_round()
    phone = sqlite.phone()
    phone.open_link(token)
    answer_everything(phone, comment="a\x00b <script>")
    phone.press()
    assert sqlite.answers(token)[0]["comment"] == "ab <script>"


def test_a_form_without_its_token_is_refused_and_keeps_what_was_chosen(sqlite):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    phone.press()
    refused = phone.post(phone.path, data={"language-1": "5", "go": "next"})
    assert refused.status_code == 422
    assert phone.page.forms[-1]["data"]["language-1"] == "5"
    phone.press()
    assert phone.step == PILLARS[1]


def test_sending_twice_counts_once(sqlite):
    token = sqlite.open_round()
    phone = sqlite.phone()
    phone.open_link(token)
    answer_everything(phone)
    first, second = phone.fill(form=-1), phone.fill(form=-1)
    assert first.headers["Location"] == second.headers["Location"]
    phone.follow(second)
    assert phone.step == "thanks"
    assert len(sqlite.answers(token)) == 1


def test_without_javascript_too_a_device_whose_answers_do_not_count_is_told_so(sqlite):
    token = sqlite.open_round()
    where = {"organisation_id": sqlite.organisation_id, "round_id": sqlite.round_id(token)}
    with sqlite.database.writing() as session:
        [own] = invite(session, **where, how_many=1)
    one, two = sqlite.phone("en"), sqlite.phone("en")
    for phone in (one, two):
        phone.open_link(own)
        answer_everything(phone)
    one.press()
    assert one.step == "thanks"
    asked = two.page
    for _ in range(2):
        two.page = asked
        assert two.fill(form=-1).status_code == 410
        assert two.page.h1 == "This personal link has already been used"
    assert len(sqlite.answers(token)) == 1


def test_a_form_of_very_many_fields_is_refused_unread(sqlite):
    """The attack: a link that was found, and forms that take long to take apart."""
    phone = sqlite.opened(sqlite.open_round())
    address = "/".join(phone.path.split("/")[:3]) + "/send"
    form = "&".join(f"{number:05x}=" for number in range(2_000))
    assert phone.post(address, data=form, content_type="application/x-www-form-urlencoded").status_code == 413
    assert phone.page.h1 == "Eso es demasiado grande"


def test_nothing_at_all_cannot_be_sent_and_little_is_sent_with_a_warning(sqlite):
    token = sqlite.open_round()
    phone = sqlite.phone("en")
    phone.open_link(token)
    phone.go("send")
    assert "Nothing has been answered" in phone.page.text
    phone.press()
    assert phone.step == "send"
    phone.go("language")
    phone.press(language_1="DK")
    phone.go("send")
    assert "at least 24 are needed" in phone.page.text
    phone.press()
    assert phone.step == "thanks"
    assert sheet_from_document(sqlite.answers(token)[0]).items == {"language-1": DK}


def test_the_role_is_asked_only_where_the_round_shows_it_apart(sqlite):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    assert phone.go("role").status_code == 404
    token = sqlite.open_round(asks_role=True)
    phone.open_link(token)
    phone.go("role")
    phone.press(role="customer")
    assert phone.seen[-1].status_code == 422
    phone.press(role="leader")
    phone.press(comment="Hello")
    phone.press()
    assert sqlite.answers(token)[0]["role"] == "leader"


def test_a_consensus_round_says_that_it_is_not_anonymous_and_takes_one_sheet(sqlite):
    token = sqlite.open_round(mode=RoundMode.CONSENSUS)
    phone = sqlite.phone("en")
    phone.open_link(token)
    assert "It is not anonymous" in phone.page.text
    assert "It is anonymous" not in phone.page.text
    answer_everything(phone)
    phone.press()
    assert sqlite.answers(token)[0]["role"] == "consensus"
    other = sqlite.phone("en")
    assert other.open_link(token).status_code == 409
    assert "Your team has already sent its answers" in other.page.text


def test_two_rounds_on_one_device_do_not_mix(sqlite):
    one, two = sqlite.open_round(), sqlite.open_round()
    phone = sqlite.phone()
    phone.open_link(one)
    phone.press()
    in_one, page = phone.path, phone.page
    phone.open_link(two)
    phone.path, phone.page = in_one, page
    phone.press(language_1="1")
    phone.get(in_one)
    assert phone.page.forms[-1]["data"]["language-1"] == "1"
    phone.open_link(two)
    phone.press()
    assert phone.path != in_one
    assert "language-1" not in phone.page.forms[-1]["data"]


def test_two_people_with_personal_links_on_one_device_do_not_see_each_other(sqlite):
    shared = sqlite.open_round()
    with sqlite.database.writing() as session:
        first, second = invite(
            session, organisation_id=sqlite.organisation_id, round_id=sqlite.round_id(shared), how_many=2
        )
    phone = sqlite.phone("en")
    phone.open_link(first)
    phone.press()
    phone.press(language_1="1")
    phone.open_link(second)
    assert phone.page.h1 == "Somebody began to answer on this device"
    phone.press()
    phone.press()
    assert "language-1" not in phone.page.forms[-1]["data"]


def test_answers_that_were_not_sent_are_lost_to_another_personal_link_only_on_purpose(sqlite):
    shared = sqlite.open_round()
    with sqlite.database.writing() as session:
        first, second, third = invite(
            session, organisation_id=sqlite.organisation_id, round_id=sqlite.round_id(shared), how_many=3
        )
    phone = sqlite.phone("en")
    phone.open_link(first)
    phone.press()
    phone.press(language_1="1")
    phone.open_link(second)
    assert phone.page.h1 == "Somebody began to answer on this device"
    phone.follow(phone.post(f"/r/{second}", data={"csrf_token": "of somebody else"}))
    assert phone.page.h1 == "Somebody began to answer on this device"
    phone.open_link(first)
    phone.go("language")
    assert phone.page.forms[-1]["data"]["language-1"] == "1"
    phone.go("send")
    phone.press()
    phone.open_link(third)
    assert phone.page.h1 != "Somebody began to answer on this device", "it was sent: nothing can be lost"


def test_no_link_shows_in_an_address_a_page_or_to_another_site(sqlite):
    token = sqlite.open_round()
    phone = sqlite.phone()
    phone.open_link(token)
    answer_everything(phone)
    phone.press()
    assert len(phone.seen) > 20
    for response in phone.seen:
        assert token not in response.headers.get("Location", "")
        assert token not in response.get_data(as_text=True)
        assert response.headers["Referrer-Policy"] == "same-origin"
        is_for_all = response.request.path.endswith(("/es", "/en"))
        assert response.headers["Cache-Control"] == (
            "private, max-age=31536000, immutable" if is_for_all else "no-store"
        )


def test_the_cookie_is_only_for_these_pages_and_out_of_reach_of_scripts(sqlite):
    cookie = sqlite.phone().get(f"/r/{sqlite.open_round()}").headers["Set-Cookie"]
    assert "Path=/r" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_questionnaire_of_described_levels_is_answered_by_the_closest_description(sqlite):
    token = sqlite.open_round(questionnaires=["service-culture-rubrics"])
    rubrics = load_questionnaire("service-culture-rubrics")
    phone = sqlite.phone("en")
    phone.open_link(token)
    phone.press()
    first = rubrics.pillars[0].items[0]
    assert all(level.en in phone.page.text for level in first.levels)
    phone.press(**{first.id: "5"})
    phone.go("send")
    phone.press()
    assert sqlite.answers(token)[0]["items"] == {first.id: 5}


def test_a_team_without_moments_is_not_asked_about_any(sqlite):
    token = sqlite.open_round()
    sqlite.change(token, points=[])
    phone = sqlite.phone()
    phone.open_link(token)
    phone.go("focus")
    phone.press()
    assert phone.step == "comment"


@pytest.mark.parametrize("mode", [RoundMode.ANSWERED, RoundMode.CONSENSUS])
def test_the_first_step_says_as_many_minutes_as_the_first_page(sqlite, mode):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round(mode=mode))
    promised = re.search(r"It takes about (\d+) minutes", phone.page.text)
    seconds = sum(float(one) for one in re.findall(r'data-seconds="([\d.]+)"', phone.seen[-1].get_data(as_text=True)))
    assert round(seconds / 60) == int(promised[1])
    phone.press()
    assert f"about {promised[1]} min left" in phone.page.text


def test_the_moments_are_introduced_before_the_first_is_asked_about(sqlite):
    phone = sqlite.phone("en")
    phone.open_link(sqlite.open_round())
    phone.go("moment-contact")
    assert phone.page.text.index("Now the perception points of your service") < phone.page.text.index("Consider ")
