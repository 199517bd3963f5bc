"""Comments of a questionnaire that few answered, in a round in which many answered another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assessment.services.comments import UnknownComment, comments_of_round, hide_comment
from assessment.services.questionnaires import store_questionnaire
from assessment.store.comments import Comment, add_comments
from tests.services.build import NOW, answer, make_home, make_round, make_sheet
from tests.services.test_publication import publish

pytestmark = pytest.mark.both_databases

BESIDE = """
schema: escala.questionnaire/2
id: our-own
version: 1
title: {es: Lo nuestro, en: Our own}
introduction: {es: Algo más., en: Something more.}
sections:
  - kind: statements
    id: desk
    title: {es: Mesa, en: Desk}
    scale:
      question: {es: "¿Con qué frecuencia?", en: "How often?"}
      points:
        - {value: 1, label: {es: Nunca, en: Never}}
        - {value: 2, label: {es: A veces, en: Sometimes}}
        - {value: 3, label: {es: Siempre, en: Always}}
      dont_know: {es: No lo sé, en: I don't know}
    groups:
      - id: answers
        name: {es: Respuestas, en: Answers}
        short_name: {es: Respuestas, en: Answers}
        summary:
          es: "Las solicitudes reciben una respuesta el mismo día en que llegan."
          en: "Requests get a response on the same day they come in."
        items:
          - id: answers-1
            text:
              es: "Los mensajes de los clientes se responden el mismo día."
              en: "Messages from customers are answered on the same day."
  - kind: text
    id: wish
    title: {es: Deseo, en: Wish}
    question: {es: "¿Qué desea para el equipo este año?", en: "What do you wish for the team this year?"}
    warning: {es: Sin nombres., en: No names.}
"""


def own_round(database, home, sheets):
    with database.writing() as session:
        store_questionnaire(session, organisation_id=home.organisation, text=BESIDE.encode())
    round_id, link = make_round(database, home, questionnaires=["service-culture", "our-own"])
    for sheet in sheets:
        answer(database, link, sheet)
    publish(database, home, round_id)
    return {"organisation_id": home.organisation, "round_id": round_id}


def sheets_of(people, answered):
    """So many people, each with a comment and a wish, of whom so many answered the statement beside the wish."""
    sheets = []
    for number in range(people):
        sheet = make_sheet(number, comment=f"comment {number}")
        items = sheet.items | ({"answers-1": 1 + number % 3} if number < answered else {})
        sheets.append(replace(sheet, items=items, texts={"wish": f"wish {number}"}))
    return sheets


@pytest.mark.parametrize(("answered", "is_shown"), [(9, False), (10, True)])
def test_what_was_written_in_a_questionnaire_that_few_answered_is_not_shown(database, answered, is_shown):
    own = own_round(database, make_home(database), sheets_of(12, answered))
    with database.writing() as session:
        seen = comments_of_round(session, **own)
        words = {comment.words for comment in seen.comments}
        assert {f"comment {number}" for number in range(12)} <= words
        assert ("wish 0" in words) == is_shown
        assert (seen.total, seen.withheld_sections) == ((24, ()) if is_shown else (12, ("wish",)))
        wish = session.query(Comment).filter_by(section="wish").first()
        assert wish is not None
        if is_shown:
            hide_comment(session, **own, comment_id=wish.id)
        else:
            with pytest.raises(UnknownComment):
                hide_comment(session, **own, comment_id=wish.id)


def test_comments_that_an_earlier_version_kept_pass_the_same_gate(database):
    """They are in the table already, of whatever questionnaire."""
    own = own_round(database, make_home(database), sheets_of(12, 0))
    with database.writing() as session:
        add_comments(session, own["organisation_id"], own["round_id"], [("wish", "kept before")])
        seen = comments_of_round(session, **own, with_hidden=True)
        assert "kept before" not in {comment.words for comment in seen.comments}


def test_an_open_question_alone_is_a_last_page_of_the_round(database):
    home = make_home(database)
    alone = BESIDE[: BESIDE.index("  - kind: statements")] + BESIDE[BESIDE.index("  - kind: text") :]
    with database.writing() as session:
        store_questionnaire(session, organisation_id=home.organisation, text=alone.encode())
    round_id, link = make_round(database, home, questionnaires=["service-culture", "our-own"])
    for number in range(10):
        answer(database, link, replace(make_sheet(number), texts={"wish": "more time"} if number < 2 else {}))
    publish(database, home, round_id, NOW)
    with database.reading() as session:
        seen = comments_of_round(session, organisation_id=home.organisation, round_id=round_id)
    assert [comment.words for comment in seen.comments] == ["more time"] * 2
