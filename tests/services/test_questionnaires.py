"""Rounds keep the texts that they asked, whatever becomes of the files."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from assessment.catalogue import catalogue
from assessment.catalogue.catalogue import (
    UnknownQuestionnaire,
    checksum_of,
    load_questionnaire,
    load_questionnaire_text,
)
from assessment.catalogue.loader import InvalidContent
from assessment.domain.questionnaire import NotAskedTogether
from assessment.services import questionnaires
from assessment.services.publication import publish_round
from assessment.services.questionnaires import (
    clashes,
    offered_questionnaires,
    pinned_questionnaire,
    store_questionnaire,
    used_questionnaires,
    usual_questionnaires,
)
from assessment.services.respond import read_draft, resolve_link
from assessment.services.rounds import schedule_round, stop_round
from assessment.store.questionnaires import STANDARD, QuestionnaireVersion, store_version
from assessment.store.rounds import Round
from assessment.store.teams import Team
from tests.services.build import DAY, NOW, answer, make_home, make_round, make_sheet

pytestmark = pytest.mark.both_databases
BESIDE = """\
schema: escala.questionnaire/2
id: our-own
version: 1
title: {es: Lo nuestro, en: Our own}
introduction: {es: Una pregunta nuestra., en: A question of our own.}
sections:
  - id: our-words
    kind: text
    question: {es: Qué debemos saber hoy, en: What should we know today}
    warning: {es: No escriba nombres., en: Do not write names.}
"""


def pinned(database, round_id):
    with database.reading() as session:
        return pinned_questionnaire(session, session.get_one(Round, round_id))


@pytest.fixture
def corrected(tmp_path, monkeypatch):
    """Corrects a word of version 1 in place, as a later release does."""

    def correct():
        folder = tmp_path / "questionnaires" / "service-culture"
        folder.mkdir(parents=True)
        _, text = load_questionnaire_text("service-culture")
        (folder / "v1.yaml").write_text(text + "# corrected\n", "utf-8")
        monkeypatch.setattr(catalogue, "data_folder", lambda name: tmp_path / name)
        questionnaires._parsed.clear()

    return correct


def test_a_round_keeps_its_text_after_the_file_was_corrected_in_place(database, corrected):
    home, later = make_home(database), make_home(database, "Boreal")
    before, link = make_round(database, home)
    asked = pinned(database, before)
    corrected()
    assert load_questionnaire().checksum != asked.checksum
    assert pinned(database, before).checksum == asked.checksum
    answer(database, link, make_sheet(1))
    after, _ = make_round(database, later)
    assert pinned(database, after).checksum == load_questionnaire().checksum


def test_a_round_that_has_not_opened_pins_the_newest_text_when_its_dates_are_set(database, corrected):
    home = make_home(database)
    round_id, _ = make_round(database, home, opens_at=NOW + DAY, now=NOW)
    before = pinned(database, round_id).checksum
    corrected()
    with database.writing() as session:
        given: dict[str, Any] = {"organisation_id": home.organisation, "round_id": round_id}
        schedule_round(session, **given, opens_at=NOW + DAY, closes_at=None, now=NOW)
    assert pinned(database, round_id).checksum == load_questionnaire().checksum != before


def test_rounds_that_ask_the_same_share_one_stored_text(database):
    for name in ("Alegra", "Boreal"):
        make_round(database, make_home(database, name))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(QuestionnaireVersion)) == 1
        stored = session.scalars(select(QuestionnaireVersion)).one()
        assert (stored.organisation_id, stored.owner_id) == (None, STANDARD)
        assert checksum_of(stored.content.encode()) == stored.checksum == load_questionnaire().checksum


def test_a_text_that_is_stored_already_is_not_stored_again(database):
    given: dict[str, Any] = {"organisation_id": None, "questionnaire_id": "one", "version": 1, "content": "text"}
    with database.writing() as session:
        first = store_version(session, **given, checksum="sha256:1").id
        assert store_version(session, **given, checksum="sha256:1").id == first
        assert store_version(session, **given, checksum="sha256:2").id != first


def test_a_round_asks_several_questionnaires_together_one_of_them_the_organisations_own(database):
    home, other = make_home(database), make_home(database, "Boreal")
    with database.writing() as session:
        stored = store_questionnaire(session, organisation_id=home.organisation, text=BESIDE.encode())
        assert stored.owner_id == home.organisation
    round_id, link = make_round(database, home, questionnaires=["our-own", "service-culture"])
    asked = pinned(database, round_id)
    assert [one.id for one in asked.together] == ["service-culture", "our-own"]
    with database.reading() as session:
        access = resolve_link(session, token=link, cookie="one")
        assert access.questionnaire.together == asked.together
        assert read_draft(access).is_empty
    with pytest.raises(UnknownQuestionnaire):
        make_round(database, other, questionnaires=["our-own"])


def test_what_cannot_be_asked_together_is_refused(database):
    home = make_home(database)
    with pytest.raises(NotAskedTogether):
        make_round(database, home, questionnaires=["service-culture", "service-culture-rubrics"])
    with database.writing() as session, pytest.raises(InvalidContent):
        store_questionnaire(session, organisation_id=uuid.UUID(int=1), text=b"schema: nothing\n")


def test_a_round_may_ask_what_is_shipped_and_what_the_organisation_has_of_its_own(database):
    home, other = make_home(database), make_home(database, "Boreal")
    newer = BESIDE.replace("version: 1", "version: 2").replace("question of our own", "newer question of our own")
    with database.writing() as session:
        for text in (BESIDE, newer):
            store_questionnaire(session, organisation_id=home.organisation, text=text.encode())
    with database.reading() as session:
        offered = offered_questionnaires(session, organisation_id=home.organisation)
        assert [(one.id, one.version) for one in offered] == [
            ("service-culture", 1), ("service-culture-rubrics", 1), ("our-own", 2)
        ]  # fmt: skip
        assert [(clash.first, clash.second, clash.shared) for clash in clashes(offered)] == [
            ("service-culture", "service-culture-rubrics", "pillars")
        ]
        others = offered_questionnaires(session, organisation_id=other.organisation)
        assert [one.id for one in others] == ["service-culture", "service-culture-rubrics"]


def test_a_team_is_usually_asked_what_its_last_round_asked(database):
    home = make_home(database)

    def asked_next():
        with database.reading() as session:
            team = session.get_one(Team, home.team)
            offered = offered_questionnaires(session, organisation_id=home.organisation)
            usual = usual_questionnaires(session, team=team, offered=offered)
            return [one.id for one in usual], [one.id for one in used_questionnaires(session, team=team)]

    def run(*questionnaires, at):
        round_id, _ = make_round(
            database, home, questionnaires=questionnaires, opens_at=at, now=at, closes_at=at + 3 * DAY
        )
        with database.writing() as session:
            where: dict[str, Any] = {"organisation_id": home.organisation, "round_id": round_id}
            stop_round(session, **where, now=at + DAY)
            publish_round(session, **where, now=at + DAY)

    with database.writing() as session:
        store_questionnaire(session, organisation_id=home.organisation, text=BESIDE.encode())
    assert asked_next() == (["service-culture"], ["service-culture"])
    run("service-culture-rubrics", at=NOW - 20 * DAY)
    assert asked_next() == (["service-culture-rubrics"], ["service-culture-rubrics"])
    run("our-own", "service-culture", at=NOW - 10 * DAY)
    assert asked_next() == (
        ["service-culture", "our-own"], ["service-culture", "our-own", "service-culture-rubrics"]
    )  # fmt: skip
