"""The plan: proposed, changed, printed, and what a team should do next."""

from __future__ import annotations

from io import BytesIO

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from assessment.domain.planning import NothingToPlan
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.services.next_step import NextStep, next_step, next_steps
from assessment.services.plan_choices import ActionChoice, PillarChoice, PlanChoices
from assessment.services.plan_documents import (
    get_printed_plan,
    keep_printed_plan,
    preview_plan_of_round,
    print_plan_of_round,
    printed_plans,
    render_plan_of_round,
)
from assessment.services.plans import InvalidPlan, PlanProblem, change_plan, draft_plan, read_plan
from assessment.services.publication import publish_round
from assessment.services.rounds import discard_round, draft_round, open_round, stop_round
from tests.services.build import DAY, LATER, NOW, answer, make_home, make_round, make_sheet

TODAY = NOW.date()
SPANISH = Localisation("es", "CO")


def published(database, *, answers=8, **options):
    home = make_home(database, **options)
    round_id, link = make_round(database, home)
    for number in range(answers):
        answer(database, link, make_sheet(number))
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        publish_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
    return home, {"organisation_id": home.organisation, "round_id": round_id}


def proposal_of(database, own):
    with database.reading() as session:
        return read_plan(session, **own, drawn_on=TODAY)


def change(database, own, choices, now=NOW):
    with database.writing() as session:
        return change_plan(session, **own, choices=choices, now=now)


def printed(database, own, now=NOW, **options):
    with database.writing() as session:
        return print_plan_of_round(session, **own, reader=options.pop("reader", SPANISH), now=now, **options)


def other_pillar(found):
    taken = found.choices.pillar_ids
    return next(p.pillar for p in found.results.result.pillars if not p.is_withheld and p.pillar not in taken)


def test_a_plan_begins_as_the_proposal_and_is_kept(database):
    _, own = published(database)
    before = proposal_of(database, own)
    assert before.plan is None
    with database.writing() as session:
        first = draft_plan(session, **own, drawn_on=TODAY, now=NOW).id
    with database.writing() as session:
        assert draft_plan(session, **own, drawn_on=TODAY + DAY, now=NOW + DAY).id == first
    after = proposal_of(database, own)
    assert after.choices == before.choices
    assert after.chosen == before.chosen


def test_a_team_changes_pillars_actions_owner_date_and_measure(database):
    _, own = published(database)
    found = proposal_of(database, own)
    mine = ActionChoice(
        title="Café con clientes", what="Una charla al mes.", owner="Ana", measure="4 charlas", due_on=TODAY + 40 * DAY
    )
    first = found.choices.pillars[0].actions[0].model_copy(update={"owner": "Luis", "due_on": TODAY + 20 * DAY})
    decided = PlanChoices(
        drawn_on=TODAY,
        pillars=(
            PillarChoice(pillar=found.choices.pillar_ids[0], actions=(first,)),
            PillarChoice(pillar=other_pillar(found), reason="Nos urge", actions=(mine,)),
        ),
    )
    change(database, own, decided)
    after = proposal_of(database, own)
    assert after.choices == decided
    assert after.chosen.point is None
    assert after.chosen.pillars[0].actions[0].action.owner.es == "Luis"
    assert after.chosen.pillars[1].reason == "Nos urge"
    pdf = PdfReader(BytesIO(printed(database, own).pdf))
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for expected in ("Café con clientes", "Ana", "4 charlas", "Luis", "Nos urge"):
        assert expected in words


def test_choices_that_make_no_plan_are_refused_and_change_nothing(database):
    _, own = published(database)
    found = proposal_of(database, own)
    good = found.choices
    action = good.pillars[0].actions[0]
    mine = ActionChoice(title="Algo", due_on=TODAY + DAY)
    first = good.pillars[0]
    wrong = {
        PlanProblem.NO_PILLAR: (),
        PlanProblem.PILLAR_TWICE: (first, first),
        PlanProblem.UNKNOWN_PILLAR: (first.model_copy(update={"pillar": "weather"}),),
        PlanProblem.REASON_MISSING: (PillarChoice(pillar=other_pillar(found), actions=(mine,)),),
        PlanProblem.NO_ACTION: (first.model_copy(update={"actions": ()}),),
        PlanProblem.TOO_MANY_ACTIONS: (first.model_copy(update={"actions": (mine,) * 5}),),
        PlanProblem.UNKNOWN_ACTION: (
            first.model_copy(update={"actions": (action.model_copy(update={"action_id": "magic"}),)}),
        ),
        PlanProblem.ACTION_WITHOUT_TITLE: (
            first.model_copy(update={"actions": (mine.model_copy(update={"title": ""}),)}),
        ),
        PlanProblem.DATE_OUT_OF_PLAN: (
            first.model_copy(update={"actions": (mine.model_copy(update={"due_on": TODAY + 200 * DAY}),)}),
        ),
    }
    change(database, own, good)
    for problem, pillars in wrong.items():
        with pytest.raises(InvalidPlan) as refused:
            change(database, own, good.model_copy(update={"pillars": pillars}))
        assert refused.value.problem is problem
    assert proposal_of(database, own).choices == good
    with pytest.raises(ValidationError):
        PlanChoices(drawn_on=TODAY, pillars=(first,) * 4)


def test_a_plan_is_rendered_while_only_reading_and_kept_once(database):
    _, own = published(database)

    def render(now=NOW):
        with database.reading() as session:
            return render_plan_of_round(session, **own, reader=SPANISH, now=now)

    def keep(rendered):
        with database.writing() as session:
            return keep_printed_plan(session, **own, rendered=rendered, now=NOW).id

    first, second = render(), render()
    assert first.kept is None
    assert second.kept is None
    assert keep(first) == keep(second)
    again = render(NOW + 3 * DAY)
    assert again.kept is not None
    assert again.pdf == first.pdf
    with database.reading() as session:
        assert len(printed_plans(session, **own)) == 1


def test_a_plan_of_three_pillars_says_three(database):
    _, own = published(database)
    found = proposal_of(database, own)
    third = PillarChoice(
        pillar=other_pillar(found), reason="Nos urge", actions=(ActionChoice(title="Algo", due_on=TODAY),)
    )
    two = tuple(pillar.model_copy(update={"actions": pillar.actions[:1]}) for pillar in found.choices.pillars)
    change(database, own, found.choices.model_copy(update={"pillars": (*two, third)}))
    with database.reading() as session:
        page = preview_plan_of_round(session, **own, reader=Localisation("en", "US"), now=NOW)
    assert "Three priorities" in page
    assert "You chose it: Nos urge." in page


def test_a_withheld_round_has_no_plan(database):
    _, own = published(database, answers=3)
    with pytest.raises(NothingToPlan), database.writing() as session:
        draft_plan(session, **own, drawn_on=TODAY, now=NOW)


def test_an_unchanged_plan_is_printed_once(database):
    home, own = published(database)
    first = printed(database, own)
    assert first.pdf.startswith(b"%PDF-")
    again = printed(database, own, now=NOW + 5 * DAY)
    assert again.id == first.id
    english = printed(database, own, reader=Localisation("en", "US"))
    blank = printed(database, own, is_blank=True)
    assert len({first.id, english.id, blank.id}) == 3
    choices = proposal_of(database, own).choices
    done = choices.pillars[0].actions[0].model_copy(update={"owner": "Ana María"})
    pillar = choices.pillars[0].model_copy(update={"actions": (done, *choices.pillars[0].actions[1:])})
    change(database, own, choices.model_copy(update={"pillars": (pillar, *choices.pillars[1:])}), now=NOW + DAY)
    assert printed(database, own, now=NOW + 2 * DAY).id not in {first.id, english.id, blank.id}
    with database.reading() as session:
        assert len(printed_plans(session, **own)) == 4
        kept = get_printed_plan(session, organisation_id=home.organisation, printed_id=first.id)
        assert kept.pdf == first.pdf
        assert "Ana María" in preview_plan_of_round(session, **own, reader=SPANISH, now=NOW + 2 * DAY)


def test_a_team_is_led_from_its_first_round_to_the_next(database):
    home = make_home(database)

    def step(now=NOW):
        with database.reading() as session:
            found = next_step(session, organisation_id=home.organisation, team_id=home.team, now=now)
            assert [found.step] == [one.step for one in next_steps(session, organisation_id=home.organisation, now=now)]
            return found.step

    assert step() is NextStep.OPEN_FIRST_ROUND
    with database.writing() as session:
        drafted = draft_round(
            session, organisation_id=home.organisation, team_id=home.team, name="Borrador", now=NOW - 3 * DAY
        )
        assert drafted.id
        own = {"organisation_id": home.organisation, "round_id": drafted.id}
    assert step() is NextStep.FINISH_DRAFT
    with database.writing() as session:
        discard_round(session, **own, now=NOW - 3 * DAY)
    round_id, link = make_round(database, home)
    assert step(NOW - 2 * DAY) is NextStep.WAIT_FOR_OPENING
    for number in range(4):
        answer(database, link, make_sheet(number))
    assert step() is NextStep.INVITE_MORE
    assert step(LATER) is NextStep.REOPEN_ROUND
    answer(database, link, make_sheet(5))
    assert step() is NextStep.WAIT_FOR_ANSWERS
    for number in range(6, 11):
        answer(database, link, make_sheet(number))
    assert step() is NextStep.STOP_ROUND
    assert step(LATER) is NextStep.PUBLISH_ROUND
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        publish_round(session, **own, now=LATER)
    assert step(LATER) is NextStep.MAKE_PLAN
    with database.writing() as session:
        draft_plan(session, **own, drawn_on=LATER.date(), now=LATER)
    assert step(LATER) is NextStep.FOLLOW_PLAN
    assert step(LATER + 85 * DAY) is NextStep.CATCH_UP_PLAN
    with database.writing() as session:
        found = read_plan(session, **own, drawn_on=LATER.date())
        pillars = tuple(
            pillar.model_copy(
                update={"actions": tuple(one.model_copy(update={"is_done": True}) for one in pillar.actions)}
            )
            for pillar in found.choices.pillars
        )
        move = found.choices.move.model_copy(update={"is_done": True})
        change_plan(
            session, **own, choices=found.choices.model_copy(update={"pillars": pillars, "move": move}), now=LATER
        )
    assert step(LATER + 85 * DAY) is NextStep.FOLLOW_PLAN
    assert step(LATER + 90 * DAY) is NextStep.OPEN_NEXT_ROUND


def test_a_team_without_enough_answers_is_sent_to_a_consensus_round(database):
    home, _ = published(database, answers=3)
    with database.writing() as session:
        found = next_step(session, organisation_id=home.organisation, team_id=home.team, now=NOW)
        assert found.step is NextStep.AGREE_TOGETHER
        open_round(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Juntos",
            mode=RoundMode.CONSENSUS,
            opens_at=NOW,
            closes_at=None,
            now=NOW,
        )
        found = next_step(session, organisation_id=home.organisation, team_id=home.team, now=NOW)
        assert (found.step, found.needed) == (NextStep.INVITE_MORE, 1)
