"""More answers than people: no result until the size is right or somebody says why, and every result says so."""

from __future__ import annotations

import pytest

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.domain.surplus import LONGEST_REASON, Surplus, UnexplainedSurplus
from assessment.infra.languages import Localisation
from assessment.services.plan_documents import PrintAs, plan_source_of_round
from assessment.services.publication import publish_round, publish_scored_round, score_before_publication
from assessment.services.results import results
from assessment.services.rounds import schedule_round, stop_round
from assessment.services.surplus import size_corrections
from assessment.services.teams import change_team
from assessment.store.rounds import Round
from reports.action_plan.build import build_context, build_html
from tests.services.build import DAY, LATER, NOW, answer, make_home, make_round, make_sheet
from tests.services.test_import_round import bring_in, write_file

pytestmark = pytest.mark.both_databases


def stopped_round(database, home, answers, **given):
    round_id, link = make_round(database, home, **given)
    for seed in range(answers):
        answer(database, link, make_sheet(seed))
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    return round_id


def publish(database, home, round_id, reason=""):
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.reading() as session:
        scored = score_before_publication(session, **own)
    with database.writing() as session:
        publish_scored_round(session, **own, scored=scored, surplus_reason=reason, user_id=home.user, now=NOW)


def resize(database, home, size):
    with database.writing() as session:
        change_team(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Mesa de ayuda",
            size=size,
            user_id=home.user,
            now=NOW,
        )


def told(database, home, round_id):
    with database.reading() as session:
        return results(session, organisation_id=home.organisation, round_id=round_id).surplus


def printed(database, home, round_id, language="en"):
    reader = Localisation(language)
    with database.reading() as session:
        source = plan_source_of_round(
            session, organisation_id=home.organisation, round_id=round_id, print_as=PrintAs(reader), now=NOW
        )
        return build_html(build_context(source, reader), reader)


@pytest.mark.parametrize("reason", ["", " \u200b\n "])
def test_somebody_who_answers_for_others_cannot_publish_without_a_word(database, reason):
    """The attack: a manager of six people answers five times, and reads the sixth sheet."""
    home = make_home(database, size=6)
    round_id = stopped_round(database, home, 7)
    with pytest.raises(UnexplainedSurplus) as refused:
        publish(database, home, round_id, reason)
    assert (refused.value.answered, refused.value.size) == (7, 6)
    with pytest.raises(UnexplainedSurplus), database.writing() as session:
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    with database.reading() as session:
        round_ = session.get_one(Round, round_id)
        assert (round_.published_at, round_.snapshot) == (None, None), "nothing has happened"


def test_a_reason_stays_with_the_round_and_stands_on_paper(database):
    home = make_home(database, size=6)
    round_id = stopped_round(database, home, 7)
    publish(database, home, round_id, "Two people\nfrom the night shift " + "x" * LONGEST_REASON)
    surplus = told(database, home, round_id)
    assert (surplus.answered, surplus.size, surplus.size_before) == (7, 6, None)
    assert surplus.reason.startswith("Two people from the night shift")
    assert len(surplus.reason) == LONGEST_REASON
    page_one, evidence = printed(database, home, round_id).split('class="evidence"', 1)
    assert "7 answers came in, and the team has 6 people." in page_one, "also on the wall"
    assert "night shift" not in page_one
    assert "Two people from the night shift" in evidence
    assert "7 people answered" not in evidence, "nobody knows how many people they were"
    assert "7 answers are counted." in evidence
    assert "Llegaron 7 respuestas" in printed(database, home, round_id, "es")


def test_a_corrected_size_is_kept_with_who_did_it_and_stands_beside_the_results(database):
    home = make_home(database, size=6)
    round_id = stopped_round(database, home, 7)
    resize(database, home, 9)
    publish(database, home, round_id)
    assert told(database, home, round_id) == Surplus(7, 9, size_before=6)
    with database.reading() as session:
        [kept] = size_corrections(session, session.get_one(Round, round_id))
        assert (kept.event.size_before, kept.event.size, kept.event.happened_at) == (6, 9, NOW)
        assert kept.event.user_id == home.user
        assert "@example.org" in kept.email
    assert "corrected from 6 to 9 people" in printed(database, home, round_id)
    resize(database, home, 3)
    assert told(database, home, round_id) == Surplus(7, 9, size_before=6), "what is published stays"


def test_a_size_that_was_raised_in_steps_is_told_from_the_first_one(database):
    home = make_home(database, size=6)
    round_id = stopped_round(database, home, 9)
    for size in (7, 7, 8):
        resize(database, home, size)
    with pytest.raises(UnexplainedSurplus):
        publish(database, home, round_id)
    publish(database, home, round_id, "Apprentices")
    assert told(database, home, round_id) == Surplus(9, 8, size_before=6, reason="Apprentices")


def test_as_many_answers_as_people_are_nothing_to_tell(database):
    home = make_home(database, size=6)
    round_id = stopped_round(database, home, 6)
    publish(database, home, round_id)
    assert told(database, home, round_id) is None
    assert 'class="surplus"' not in printed(database, home, round_id)


def test_a_size_that_was_corrected_before_the_round_opened_is_nothing_to_tell(database):
    home = make_home(database, size=6)
    round_id, link = make_round(database, home, opens_at=NOW + DAY, closes_at=None)
    resize(database, home, 9)
    with database.writing() as session:
        own = {"organisation_id": home.organisation, "round_id": round_id}
        schedule_round(session, **own, opens_at=NOW, closes_at=None, now=NOW)
    for seed in range(8):
        answer(database, link, make_sheet(seed), now=LATER)
    with database.writing() as session:
        stop_round(session, **own, now=LATER)
    with database.writing() as session:
        publish_round(session, **own, now=LATER)
    assert told(database, home, round_id) is None


def test_what_gives_no_result_can_end_without_a_reason(database):
    home = make_home(database, size=5)
    round_id, link = make_round(database, home)
    for seed in range(6):
        sheet = make_sheet(seed)
        answer(database, link, sheet if seed < 2 else type(sheet)(role=Role.STAFF, items={}, comment="Nothing else"))
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    publish(database, home, round_id)
    with database.reading() as session:
        assert session.get_one(Round, round_id).is_withheld


def test_the_sheet_of_a_team_that_answers_together_is_one_for_all(database):
    home = make_home(database, size=1)
    round_id, link = make_round(database, home, mode=RoundMode.CONSENSUS)
    answer(database, link, make_sheet(1, role=Role.CONSENSUS))
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    publish(database, home, round_id)
    assert told(database, home, round_id) is None


def test_customers_in_a_file_are_no_answers_of_the_team_and_others_are(database, tmp_path):
    home = make_home(database, size=7)
    file = write_file(tmp_path)
    columns = file.read_text("utf-8").splitlines()[0].split(",")
    customer = {"team": "Soporte", "role": "customer", "ladder:contact": "5"}
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines("\n" + ",".join(customer.get(column, "") for column in columns) for _ in range(4))
    round_id, _ = bring_in(database, home, file)
    publish(database, home, round_id)
    assert told(database, home, round_id) is None
    smaller = make_home(database, "Otra", size=6)
    round_id, _ = bring_in(database, smaller, write_file(tmp_path))
    with pytest.raises(UnexplainedSurplus):
        publish(database, smaller, round_id)
