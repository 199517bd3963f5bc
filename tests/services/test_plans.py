"""The plan: proposed, changed, printed, and what a team should do next."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from assessment.domain.next_step import NextStep
from assessment.domain.plans.choices import ActionChoice, ActionStatus, PillarChoice, PlanChoices
from assessment.domain.plans.faults import InvalidPlan, PlanProblem
from assessment.domain.plans.proposal import NothingToPlan
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.infra.pictures import remake_picture
from assessment.services.organisation_look import remove_logo, set_accent, set_logo
from assessment.services.plan_documents import (
    PrintAs,
    get_printed_plan,
    keep_printed_plan,
    preview_plan_of_round,
    print_plan_of_round,
    printed_plans,
    render_plan_of_round,
)
from assessment.services.plan_sharing import share_plan
from assessment.services.plans import (
    NothingToUndo,
    PlanChangedMeanwhile,
    change_plan,
    draft_plan,
    read_plan,
    undo_change,
)
from assessment.services.publication import publish_round
from assessment.services.rounds import discard_round, draft_round, open_round, stop_round
from assessment.store.organisations import Organisation
from reports.action_plan.build import Screen
from tests.infra.test_pictures import picture
from tests.printing import words_of_pdf
from tests.services.build import DAY, LATER, NOW, answer, make_home, make_round, make_sheet, next_steps_of

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


def change(database, own, choices, now=NOW, **options):
    with database.writing() as session:
        return change_plan(session, read_plan(session, **own, drawn_on=TODAY), choices, now=now, **options)


def undo(database, own, now=NOW):
    with database.writing() as session:
        seen = read_plan(session, **own, drawn_on=TODAY)
        return undo_change(session, seen, now=now, base_version=seen.version)


def printed(database, own, now=NOW, reader=SPANISH, **options):
    with database.writing() as session:
        return print_plan_of_round(session, **own, print_as=PrintAs(reader, **options), now=now)


def preview(database, own, reader=SPANISH, now=NOW):
    with database.reading() as session:
        screen = Screen("/documents/", "/own.css")
        return preview_plan_of_round(session, **own, print_as=PrintAs(reader), screen=screen, now=now)


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
    first = replace(found.choices.pillars[0].actions[0], owner="Luis", due_on=TODAY + 20 * DAY)
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
    words = words_of_pdf(printed(database, own).pdf)
    for expected in ("Café con clientes", "Ana", "4 charlas", "Luis", "Nos urge"):
        assert expected in words


def test_a_draft_that_is_not_finished_is_kept_and_says_what_it_lacks(database):
    _, own = published(database)
    found = proposal_of(database, own)
    good, first = found.choices, found.choices.pillars[0]
    action = first.actions[0]
    mine = ActionChoice(title="Algo", due_on=TODAY + DAY)
    lacking = {
        PlanProblem.NO_PILLAR: (),
        PlanProblem.REASON_MISSING: (PillarChoice(pillar=other_pillar(found), actions=(mine,)),),
        PlanProblem.NO_ACTION: (replace(first, actions=()),),
        PlanProblem.UNKNOWN_ACTION: (replace(first, actions=(replace(action, library_id="magic"),)),),
        PlanProblem.ACTION_WITHOUT_TITLE: (replace(first, actions=(replace(mine, title="", owner="Ana"),)),),
        PlanProblem.DATE_MISSING: (replace(first, actions=(replace(mine, due_on=None),)),),
        PlanProblem.DATE_OUT_OF_PLAN: (replace(first, actions=(replace(mine, due_on=TODAY + 200 * DAY),)),),
    }
    for problem, pillars in lacking.items():
        change(database, own, replace(good, pillars=pillars))
        after = proposal_of(database, own)
        assert after.choices.pillars == pillars
        assert [fault.problem for fault in after.faults] == [problem]
        assert "page-one" in preview(database, own)
        with pytest.raises(InvalidPlan) as refused:
            printed(database, own)
        assert refused.value.faults == after.faults
    change(database, own, good)
    assert proposal_of(database, own).faults == ()


def test_what_no_page_offers_is_refused_and_changes_nothing(database):
    _, own = published(database)
    good = proposal_of(database, own).choices
    first = good.pillars[0]
    mine = ActionChoice(title="Algo", due_on=TODAY + DAY)
    wrong = {
        PlanProblem.PILLAR_TWICE: (first, first),
        PlanProblem.UNKNOWN_PILLAR: (replace(first, pillar="weather"),),
        PlanProblem.TOO_MANY_ACTIONS: (replace(first, actions=(mine,) * 5),),
        PlanProblem.TOO_MANY_PILLARS: tuple(
            PillarChoice(pillar) for pillar in ("voice", "language", "vision", "measures")
        ),
    }
    change(database, own, good)
    for problem, pillars in wrong.items():
        with pytest.raises(InvalidPlan) as refused:
            change(database, own, replace(good, pillars=pillars))
        assert [fault.problem for fault in refused.value.faults] == [problem]
    assert proposal_of(database, own).choices == good


def named(choices, owner):
    """The plan with another owner of its first action."""
    first, *others = choices.pillars
    action, *rest = first.actions
    changed = replace(first, actions=(replace(action, owner=owner), *rest))
    return replace(choices, pillars=(changed, *others))


def test_two_people_who_change_a_plan_do_not_overwrite_each_other_unawares(database):
    _, own = published(database)
    choices = proposal_of(database, own).choices
    change(database, own, named(choices, "Ana"), base_version=0, editor="ana")
    with pytest.raises(PlanChangedMeanwhile):
        change(database, own, named(choices, "Luis"), base_version=0, editor="luis")
    assert proposal_of(database, own).choices == named(choices, "Ana")
    # The same page once more: its answer was lost on the way.
    change(database, own, named(choices, "Ana María"), base_version=0, editor="ana")
    change(database, own, named(choices, "Ana María"), base_version=0, editor="luis")  # nothing to overwrite
    seen = proposal_of(database, own).version
    change(database, own, named(choices, "Luis"), base_version=seen, editor="luis")
    assert proposal_of(database, own).choices == named(choices, "Luis")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite, whoever may write is alone
def test_what_a_page_read_before_another_changed_the_plan_is_not_taken_for_the_plan(database):
    """A request reads the plan, and another's change is committed before it writes its own."""
    _, own = published(database)
    with database.writing() as session:
        draft_plan(session, **own, drawn_on=TODAY, now=NOW)
    choices = proposal_of(database, own).choices
    with database.writing() as mine:
        seen = read_plan(mine, **own, drawn_on=TODAY)
        assert seen.version == 0
        change(database, own, named(choices, "Ana"), base_version=0, editor="ana")
        with pytest.raises(PlanChangedMeanwhile):
            change_plan(mine, seen, named(choices, "Luis"), now=NOW, base_version=0, editor="luis")
    assert proposal_of(database, own).choices == named(choices, "Ana")


def test_what_was_taken_out_comes_back_until_something_else_is_changed(database):
    _, own = published(database)
    choices = proposal_of(database, own).choices
    fewer = replace(choices, move=None)
    change(database, own, fewer, may_undo=True)
    taken = proposal_of(database, own)
    assert taken.can_be_undone
    undo(database, own)
    back = proposal_of(database, own)
    assert (back.choices, back.can_be_undone, back.is_proposal) == (choices, False, True)
    change(database, own, fewer, may_undo=True)
    change(database, own, named(fewer, "Ana"))
    with pytest.raises(NothingToUndo):
        undo(database, own)


def test_a_finished_action_is_ticked_in_a_new_document(database):
    _, own = published(database)
    first = printed(database, own)
    choices = proposal_of(database, own).choices
    move = replace(choices.move, status=ActionStatus.DONE)
    change(database, own, replace(choices, move=move), now=NOW + 9 * DAY)
    ticked = printed(database, own, now=NOW + 9 * DAY)
    assert ticked.id != first.id
    assert printed(database, own, now=NOW + 10 * DAY).id == ticked.id


def test_a_logo_and_a_colour_make_a_new_document(database):
    home, own = published(database)
    plain = printed(database, own)
    with database.writing() as session:
        organisation = session.get(Organisation, home.organisation)
        assert set_accent(session, organisation=organisation, colour="#ffcc00") == "#8f7200"
        set_logo(session, organisation=organisation, picture=remake_picture(picture()))
    dressed = printed(database, own)
    assert dressed.id != plain.id
    assert len(PdfReader(BytesIO(dressed.pdf)).pages[0].images) == 1
    page = preview(database, own)
    assert 'alt="Alegra"' in page
    with database.writing() as session:
        remove_logo(session, organisation=session.get(Organisation, home.organisation))
    assert "<img" not in preview(database, own)


def test_a_plan_is_rendered_while_only_reading_and_kept_once(database):
    _, own = published(database)

    def render(now=NOW):
        with database.reading() as session:
            return render_plan_of_round(session, **own, print_as=PrintAs(SPANISH), now=now)

    def keep(rendered):
        with database.writing() as session:
            return keep_printed_plan(session, **own, rendered=rendered, now=NOW).id

    first, second = render(), render()
    assert first.printed is None
    assert second.printed is None
    assert keep(first) == keep(second)
    again = render(NOW + 3 * DAY)
    assert again.printed is not None
    assert again.pdf == first.pdf
    with database.reading() as session:
        assert len(printed_plans(session, **own)) == 1


def test_a_plan_of_three_pillars_says_three(database):
    _, own = published(database)
    found = proposal_of(database, own)
    third = PillarChoice(
        pillar=other_pillar(found), reason="Nos urge", actions=(ActionChoice(title="Algo", due_on=TODAY),)
    )
    two = tuple(replace(pillar, actions=pillar.actions[:1]) for pillar in found.choices.pillars)
    change(database, own, replace(found.choices, pillars=(*two, third)))
    page = preview(database, own, Localisation("en", "US"))
    assert "Three priorities" in page
    assert "You chose it: Nos urge." in page


def test_a_withheld_round_has_no_plan(database):
    _, own = published(database, answers=3)
    with pytest.raises(NothingToPlan), database.writing() as session:
        draft_plan(session, **own, drawn_on=TODAY, now=NOW)


def test_an_unchanged_plan_is_printed_once(database):
    _, own = published(database)
    first = printed(database, own)
    assert first.pdf.startswith(b"%PDF-")
    again = printed(database, own, now=NOW + 5 * DAY)
    assert again.id == first.id
    english = printed(database, own, reader=Localisation("en", "US"))
    blank = printed(database, own, is_blank=True)
    assert len({first.id, english.id, blank.id}) == 3
    choices = proposal_of(database, own).choices
    done = replace(choices.pillars[0].actions[0], owner="Ana María")
    pillar = replace(choices.pillars[0], actions=(done, *choices.pillars[0].actions[1:]))
    change(database, own, replace(choices, pillars=(pillar, *choices.pillars[1:])), now=NOW + DAY)
    assert printed(database, own, now=NOW + 2 * DAY).id not in {first.id, english.id, blank.id}
    with database.reading() as session:
        assert len(printed_plans(session, **own)) == 4
        assert get_printed_plan(session, **own, printed_id=first.id).pdf == first.pdf
    assert "Ana María" in preview(database, own, now=NOW + 2 * DAY)


def test_what_is_late_or_stuck_makes_another_edition_that_bears_its_day(database):
    _, own = published(database)
    first = printed(database, own)
    dues = [action.due_on for action in proposal_of(database, own).choices.actions]
    english = Localisation("en", "US")
    assert "Late" not in preview(database, own, english, now=NOW + 5 * DAY)
    late = NOW + (min(dues) - TODAY + dt.timedelta(days=1))
    again = printed(database, own, now=late)
    assert again.id != first.id
    assert printed(database, own, now=late + dt.timedelta(hours=1)).id == again.id
    page = preview(database, own, english, now=late)
    assert page.count('<b class="is-late">Late</b>') == sum(due == min(dues) for due in dues)
    assert f"drawn up on {english.date(TODAY)}" in page
    assert f"edition of {english.date(late.date())}" in page
    found = proposal_of(database, own)
    stuck = replace(found.choices.pillars[0].actions[0], status=ActionStatus.BLOCKED)
    pillar = replace(found.choices.pillars[0], actions=(stuck, *found.choices.pillars[0].actions[1:]))
    change(database, own, replace(found.choices, pillars=(pillar, *found.choices.pillars[1:])), now=NOW)
    assert printed(database, own, now=late).id not in {first.id, again.id}
    assert preview(database, own, english, now=late).count('<b class="is-late">Stuck</b>') == 1
    blank = printed(database, own, is_blank=True)
    assert printed(database, own, is_blank=True, now=late).id == blank.id, "empty cells bear no marks"


def test_a_team_is_led_from_its_first_round_to_the_next(database):
    home = make_home(database)

    def step(now=NOW):
        with database.reading() as session:
            [found] = next_steps_of(session, home.organisation, now)
            return found.step

    assert step() is NextStep.OPEN_FIRST_ROUND
    with database.writing() as session:
        drafted = draft_round(
            session, organisation_id=home.organisation, team_id=home.team, name="Borrador", now=NOW - 3 * DAY
        )
        assert drafted.id
    assert step() is NextStep.FINISH_DRAFT
    with database.writing() as session:
        discard_round(session, organisation_id=home.organisation, round_id=drafted.id, now=NOW - 3 * DAY)
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
    assert step(LATER) is NextStep.SHARE_PLAN
    assert step(LATER + 85 * DAY) is NextStep.CATCH_UP_PLAN
    with database.writing() as session:
        found = read_plan(session, **own, drawn_on=LATER.date())
        pillars = tuple(
            replace(pillar, actions=tuple(replace(one, status=ActionStatus.DONE) for one in pillar.actions))
            for pillar in found.choices.pillars
        )
        move = replace(found.choices.move, status=ActionStatus.DONE)
        done = replace(found.choices, pillars=pillars, move=move)
        change_plan(session, found, done, now=LATER)
    assert step(LATER + 13 * DAY) is NextStep.SHARE_PLAN
    assert step(LATER + 14 * DAY) is NextStep.FOLLOW_PLAN
    with database.writing() as session:
        share_plan(session, **own, now=LATER)
    assert step(LATER) is NextStep.FOLLOW_PLAN
    assert step(LATER + 85 * DAY) is NextStep.FOLLOW_PLAN
    assert step(LATER + 90 * DAY) is NextStep.OPEN_NEXT_ROUND


def test_a_team_without_enough_answers_is_sent_to_a_consensus_round(database):
    home, _ = published(database, answers=3)
    with database.writing() as session:
        [found] = next_steps_of(session, home.organisation)
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
        [found] = next_steps_of(session, home.organisation)
        assert (found.step, found.needed) == (NextStep.INVITE_MORE, 1)
