"""What the plan says about a team: each sentence of page 1 and of the evidence is a fact of the result."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.domain.result import PointResult
from assessment.infra.languages import Localisation
from assessment.services.print_plan import PrintOptions, plan_source
from assessment.services.score_responses import read_files
from reports.action_plan.build import build_context, build_html
from reports.action_plan.context import ActionPlanContext
from reports.action_plan.source import PlanSource
from tests.reports.plans import DAY, FILLED, Sample
from tests.services.files import PILLARS, Person, customers, people, save

ENGLISH = Localisation("en", "US")


def source_of(folder: Path, rows: Sequence[Person], points: Sequence[str] = (), *, day: dt.date = DAY) -> PlanSource:
    files = read_files(save(folder / "now.csv", rows, points))
    return plan_source(files, "Soporte", ENGLISH, PrintOptions(printed_on=day))


def context_of(folder: Path, rows: Sequence[Person], points: Sequence[str] = ()) -> ActionPlanContext:
    return build_context(source_of(folder, rows, points), ENGLISH)


# Page 1


def test_a_priority_shows_the_score_of_today_and_the_target(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3, 4] * 6, others={"voice": 2, "measures": 3}))
    first, _ = context.priorities
    assert (first.label, first.pillar) == ("Priority 1 · today 2.0 · target 4.0", "Voice of the customer")
    assert first.reasons[0] == "It is the pillar furthest from its target."
    assert context.lead.startswith("Two priorities")


def test_no_two_pillars_are_both_called_the_furthest(tmp_path: Path) -> None:
    context = context_of(tmp_path, [Person(4, {"voice": 2, "measures": 2}, role="consensus")])
    assert [box.reasons[0] for box in context.priorities] == ["It is 2.0 below its target."] * 2


def test_a_plan_of_one_pillar_speaks_of_one(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([4] * 12, others={"voice": 2}))
    assert len(context.priorities) == 1
    assert context.lead.startswith("One priority")


def test_what_people_chose_is_a_reason(tmp_path: Path) -> None:
    rows = [Person(4, {"voice": 2, "measures": 3}, focus="voice" if at < 6 else "measures") for at in range(12)]
    voice, measures = context_of(tmp_path, rows).priorities
    assert "50% chose it among what matters most now." in voice.reasons
    assert "50% chose it among what matters most now." in measures.reasons


def test_a_split_pillar_is_talked_about_before_it_is_planned(tmp_path: Path) -> None:
    rows = [Person(4, {"voice": 1 if at % 2 else 4}) for at in range(12)]
    (box,) = context_of(tmp_path, rows).priorities
    assert box.reasons[-1] == "You see it differently: talk before you plan."
    assert box.rows[0].title.startswith("Talk: ")


def test_a_choice_that_others_come_close_to_is_the_teams(tmp_path: Path) -> None:
    source = source_of(tmp_path, people([3, 2] * 6, others={"voice": 2, "measures": 1}))
    unsure = [replace(entry, label="toss-up") for entry in source.result.priorities]
    pillars = tuple(replace(entry, priority=unsure[0]) for entry in source.plan.pillars)
    context = build_context(replace(source, plan=replace(source.plan, pillars=pillars)), ENGLISH)
    assert context.priorities[0].reasons[-1] == "Others are almost tied with it: the choice is yours."


def test_with_nothing_below_target_the_plan_keeps_and_shares(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([4, 5] * 6, others={"voice": 4, "measures": 4}, focus="voice;measures"))
    assert context.lead.startswith("No pillar is below its target.")
    assert [box.pillar for box in context.priorities] == ["Voice of the customer", "Service measures and metrics"]
    assert [box.label.partition(" ·")[0] for box in context.priorities] == ["Keep and share 1", "Keep and share 2"]
    assert context.candidates == ()


def test_only_a_strong_pillar_is_called_among_the_strongest(tmp_path: Path) -> None:
    rows = people([4] * 12, others={"recovery": 5, "role-modelling": 5}, focus="voice")
    context = context_of(tmp_path, rows)
    strongest = [box.pillar for box in context.priorities if "It is among the strongest pillars." in box.reasons]
    assert strongest == ["Service recovery and guarantees"]


@pytest.mark.parametrize(
    ("steps", "heading", "aim"),
    [
        ([3] * 12, "The weakest moment: Contact", "One step up: 4\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}Desired."),
        ([6] * 12, "The moment to look after: Contact", "that it stays there"),
        ([1, 1, *[4] * 10], "The moment to fix first: Contact", "no more broken promises"),
    ],
    ids=["a step up", "at the top", "an alarm"],
)
def test_the_weakest_point_has_its_step_of_today_and_its_aim(
    steps: list[int], heading: str, aim: str, tmp_path: Path
) -> None:
    rows = [Person(3 + at % 2, ladder={"contact": step}) for at, step in enumerate(steps)]
    context = context_of(tmp_path, rows, ["contact"])
    assert context.point.heading == heading
    assert aim in context.point.today
    assert "according to the team" in context.point.today
    assert len(context.point.rows) == 1
    assert bool(context.alarm) == context.point.is_alarm == (steps[0] == 1)


def test_all_alarms_are_named_in_one_sentence(tmp_path: Path) -> None:
    rows = [
        Person(3 + at % 2, ladder={"contact": 1 if at < 2 else 4, "closing": 1 if at < 3 else 4}) for at in range(12)
    ]
    context = context_of(tmp_path, rows, ["contact", "closing"])
    assert context.alarm.startswith("Attend to these first: in “Contact” and “Closing”,")


# The calendar and the details


@pytest.mark.parametrize("day", [dt.date(2026, 11, 20) + dt.timedelta(days=more) for more in range(7)], ids=str)
def test_nothing_is_due_after_the_date_of_its_span(day: dt.date, tmp_path: Path) -> None:
    source = source_of(tmp_path, [Person(3 + at % 2, ladder={"contact": 3}) for at in range(12)], ["contact"], day=day)
    context = build_context(source, ENGLISH)
    for block in context.calendar[1:]:
        end = date_in(block.heading, day)
        assert end.weekday() < 5
        for entry in block.entries:
            if entry.due[-1:].isdigit():
                assert date_in(entry.due, day) <= end


def date_in(words: str, start: dt.date) -> dt.date:
    """The date at the end of a heading, in the year that makes it follow the start."""
    match = re.search(r"([A-Z][a-z]{2}) (\d+)$", words)
    assert match, words
    date = dt.datetime.strptime(f"{match[1]} {match[2]} {start.year}", "%b %d %Y").date()
    return date if date >= start else date.replace(year=start.year + 1)


@pytest.mark.parametrize("sample", FILLED, ids=str)
def test_every_action_begins_this_week_is_due_once_and_is_described_in_full(sample: Sample) -> None:
    source, reader = sample.source, sample.reader
    context = build_context(source, reader)
    actions = [planned.action for planned in source.plan.actions]
    week, *spans = context.calendar
    assert [entry.words for entry in week.entries] == [reader.text(action.first_step) for action in actions]
    due = [entry.words for block in spans for entry in block.entries]
    titles = [detail.title.removesuffix(".") for detail in context.details]
    for action in actions:
        assert due.count(reader.text(action.title)) == 1
        assert titles.count(reader.text(action.title)) == 1
    assert len(due) == len(titles) <= len(actions) + 2


def test_what_may_be_added_later_is_listed_under_its_own_pillar(tmp_path: Path) -> None:
    """Also if the first pillar has no further action, because the library's band is short."""
    source = source_of(tmp_path, [Person(4, {"voice": 3, "language": 3}, role="consensus")])
    language, voice = source.plan.pillars
    short = replace(source, plan=replace(source.plan, pillars=(replace(language, later=()), voice)))
    context = build_context(short, ENGLISH)
    headings = {detail.title: detail.heading for detail in context.details}
    names = {id_: pillar.short_name.en for id_, pillar in source.questionnaire.pillars_by_id.items()}
    assert headings[f"{voice.later[0].title.en}."] == names["voice"]
    assert list(headings.values()).count(names["language"]) == len(language.actions)
    added = [
        entry.words for block in context.calendar for entry in block.entries if entry.due == "If the first ones hold"
    ]
    assert added == [voice.later[0].title.en]


def test_a_plan_to_fill_in_by_hand_has_rows_but_no_words_and_all_actions_to_choose_from(tmp_path: Path) -> None:
    filled = source_of(tmp_path, [Person(3 + at % 2, ladder={"contact": 3}) for at in range(12)], ["contact"])
    blank = build_context(replace(filled, is_blank=True), ENGLISH)
    rows = [row for box in blank.priorities for row in box.rows] + list(blank.point.rows)
    assert len(rows) == 5
    assert {part for row in rows for part in (row.title, row.what, row.owner, row.due, row.measure)} == {""}
    assert [block.entries for block in blank.calendar] == [()] * 4
    offered = len(blank.details)
    assert offered == 1 + sum(len(entry.actions) + len(entry.later) for entry in filled.plan.pillars)
    assert offered >= len(build_context(filled, ENGLISH).details)
    assert blank.pillars == build_context(filled, ENGLISH).pillars


# The evidence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (people([3, 4] * 6), "12 people answered."),
        ([*people([3, 4] * 6), Person("", {"voice": 3})], "13 people answered; 12 answered enough to be counted."),
    ],
)
def test_the_story_begins_with_who_answered(rows: list[Person], sentence: str, tmp_path: Path) -> None:
    assert context_of(tmp_path, rows).story[0] == sentence


def test_the_story_names_the_strongest_and_the_furthest(tmp_path: Path) -> None:
    story = " ".join(context_of(tmp_path, people([3, 4] * 6, others={"voice": 2, "measures": 5})).story)
    assert "“Service measures and metrics” (4.8 or more)" in story
    assert "“Voice of the customer” (2.0)" in story


@pytest.mark.parametrize(("unsure", "is_mentioned"), [(2, False), (3, True)])
def test_what_a_quarter_cannot_see_is_a_finding(unsure: int, is_mentioned: bool, tmp_path: Path) -> None:
    rows = [Person(3 + at % 2, {"voice-3": "DK"} if at < unsure else {}) for at in range(12)]
    story = " ".join(context_of(tmp_path, rows).story)
    assert ("could not answer part of “Voice of the customer”" in story) == is_mentioned


def test_a_level_that_a_rare_habit_lowers_says_so(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([4, 5] * 6, others={"voice-1": 2, "voice": 5}))
    row = context.pillars[PILLARS.index("voice")]
    assert (row.level, row.note) == ("Practiced", "one of its habits is rarely seen")
    assert context.pillars[0].note == ""


def test_customers_stand_beside_the_team_from_ten_on(tmp_path: Path) -> None:
    rows = [Person(3 + at % 2, ladder={"contact": 4}) for at in range(12)]
    few = context_of(tmp_path, [*rows, *customers([2] * 9)], ["contact"])
    enough = context_of(tmp_path, [*rows, *customers([2] * 10)], ["contact"])
    assert (few.has_customers, few.ladder_rows[0].customers) == (False, "")
    assert (enough.has_customers, enough.ladder_rows[0].customers) == (
        True,
        "2\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}Basic",
    )
    assert "diamond" in enough.ladder_note


def test_what_matters_is_listed_most_chosen_first_and_each_pillar_stands_in_one_quarter(tmp_path: Path) -> None:
    rows = [Person(3 + at % 2, {"vision": 5}, focus="voice;vision" if at < 8 else "voice;language") for at in range(12)]
    context = context_of(tmp_path, rows)
    assert [row.name for row in context.focus] == [
        "Voice of the customer",
        "Engaging service vision",
        "Common service language",
    ]
    placed = [pillar for quadrant in context.quadrants for pillar in quadrant.pillars]
    assert len(placed) == len(set(placed)) == 12
    assert "Service vision" in context.quadrants[1].pillars


def test_candidates_are_listed_best_first_and_the_proposed_ones_marked(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3, 4] * 6, others={"voice": 2, "measures": 3}))
    assert [row.name for row in context.candidates][:2] == [box.pillar for box in context.priorities]
    assert [row.is_proposed for row in context.candidates] == [True, True, False, False, False]


def test_a_map_of_the_ladder_says_that_it_is_the_teams_view(tmp_path: Path) -> None:
    rows = [Person(3 + at % 2, ladder={"contact": 3}) for at in range(12)]
    html = build_html(context_of(tmp_path, rows, ["contact"]), ENGLISH)
    assert "moment by moment, according to the team" in html
    assert "Ladder map, according to the team. Contact: Expected." in html


def test_without_a_ladder_there_is_no_map_and_no_weakest_point(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3, 4] * 6))
    assert (context.ladder_map, context.ladder_rows, context.point) == (None, (), None)


# Ties: where figures read alike, none of them is called the first or the last


def test_moments_that_are_level_are_all_named_and_none_is_the_weakest(tmp_path: Path) -> None:
    sheet = [Person(3, ladder={"contact": 2, "counter": 4, "exit": 2}, role="consensus")]
    context = context_of(tmp_path, sheet, ["contact", "counter", "exit"])
    assert [row.mark for row in context.ladder_rows] == ["one of the lowest", "", "one of the lowest"]
    assert any("the lowest moments are tied, “Contact” and “Exit”" in sentence for sentence in context.story)
    assert context.point is not None
    assert context.point.heading == "One of the lowest moments: Contact"
    assert "Tied with it: “Exit”." in context.point.today


def test_a_moment_on_which_a_team_did_not_agree_is_named(tmp_path: Path) -> None:
    source = source_of(tmp_path, [Person(3, ladder={"contact": 2, "exit": 3}, role="consensus")], ["contact", "exit"])
    ladder = (*source.result.ladder, PointResult("counter", n=None))
    names = {**source.point_names, "counter": "Counter"}
    context = build_context(replace(source, result=replace(source.result, ladder=ladder), point_names=names), ENGLISH)
    assert "Without an agreed step:" in context.ladder_note
    assert context.ladder_rows[2].median == "No agreed step"


def test_where_all_moments_are_level_none_is_marked(tmp_path: Path) -> None:
    sheet = [Person(3, ladder={"contact": 3, "exit": 3}, role="consensus")]
    context = context_of(tmp_path, sheet, ["contact", "exit"])
    assert [row.mark for row in context.ladder_rows] == ["", ""]
    assert "Without an agreed step" not in context.ladder_note
    assert any("all moments are tied" in sentence for sentence in context.story)
    assert context.point is not None
    assert context.point.heading == "A moment to lift: Contact"


def test_pillars_that_weigh_the_same_are_said_to_be_level(tmp_path: Path) -> None:
    context = context_of(tmp_path, [Person(4, {"voice": 2, "measures": 2, "vision": 3}, role="consensus")])
    assert "Tied: “Voice of the customer” and “Service measures and metrics”." in context.candidates_note
    alone = context_of(tmp_path, [Person(4, {"voice": 2, "vision": 3}, role="consensus")])
    assert "Level:" not in alone.candidates_note


def test_pillars_that_are_all_level_have_one_label_and_none_is_firm(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3] * 8))
    assert {row.stability for row in context.candidates} == {"Toss-up: your choice"}
    assert "and 7 more. Between them the choice is yours." in context.candidates_note
    assert context.candidates_rest == "7 more pillars are below their targets, tied with the last of this list."


def test_level_pillars_that_are_all_among_the_proposed_may_be_firm(tmp_path: Path) -> None:
    rows = [Person(4, {"voice": 2, "measures": 2, "vision": 3}) for _ in range(8)]
    assert [row.stability for row in context_of(tmp_path, rows).candidates] == ["Firm"] * 3
    third = [Person(4, {"voice": 2, "measures": 3, "vision": 3}) for _ in range(8)]
    toss_up = "Toss-up: your choice"
    assert [row.stability for row in context_of(tmp_path, third).candidates] == ["Firm", toss_up, toss_up]


def test_page_1_names_the_pillars_that_could_as_well_stand_there(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3] * 8))
    for box in context.priorities:
        assert re.search(r"Tied with it: “[^”]+”, “[^”]+” and 9 more; between them", box.reasons[-1])
        assert "almost" not in " ".join(box.reasons)
    agreed = context_of(tmp_path, [Person(4, {"voice": 2, "measures": 2, "vision": 3}, role="consensus")])
    assert agreed.priorities[0].reasons[-1] == (
        "Tied with it: “Service measures and metrics”; between them the choice is yours."
    )
    assert "Tied with it" in build_html(agreed, ENGLISH)
    source = source_of(tmp_path, [Person(4, {"voice": 2, "measures": 2, "vision": 3}, role="consensus")])
    first, *others = source.plan.pillars
    said = (replace(first, reason="the team agreed on it"), *others)
    decided = build_context(replace(source, plan=replace(source.plan, pillars=said)), ENGLISH)
    assert "You chose it: the team agreed on it." in decided.priorities[0].reasons
    assert "Tied with it" not in build_html(decided, ENGLISH), "nothing is left to choose on what is handed out"


def test_of_pillars_that_are_all_level_none_is_among_the_strongest(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([4] * 8))
    assert context.lead.startswith("No pillar is below its target.")
    for box in context.priorities:
        assert "It is among the strongest pillars." not in box.reasons
        assert box.reasons[-1].startswith("Tied with it: ")
    rows = [Person(4, {"voice": 5}, role="consensus")]
    first, second = context_of(tmp_path, rows).priorities
    assert first.reasons == ("It is among the strongest pillars.",)
    assert second.reasons[0] == "It is among the strongest pillars."
    assert second.reasons[-1].endswith("and 8 more; between them the choice is yours.")


def test_lists_that_are_cut_say_so(tmp_path: Path) -> None:
    rows = [Person(2, dict.fromkeys(PILLARS[6:], 3), focus=f"{PILLARS[at]};{PILLARS[at + 1]}") for at in range(9)]
    context = context_of(tmp_path, rows)
    assert len(context.focus) == 6
    assert "Only 6 are listed: no other pillar was chosen more often." in context.focus_note
    assert context.candidates_rest.startswith("7 more pillars are below their targets")
    few = context_of(tmp_path, [Person(4, {"voice": 2}, focus="voice") for _ in range(9)])
    assert (few.candidates_rest, "listed" in few.focus_note) == ("", False)


def test_the_bars_of_the_plan_are_called_what_they_are_in_every_colour_scheme(tmp_path: Path) -> None:
    note = context_of(tmp_path, people([3] * 8, focus="voice")).focus_note
    assert "Highlighted bars" in note
    assert "arker" not in note


def test_the_grid_calls_below_target_what_the_list_of_priorities_does(tmp_path: Path) -> None:
    rows = [Person(4, {"voice": 2, "vision": 3 + (at % 4 > 0)}, focus="voice" if at % 2 else "") for at in range(12)]
    context = context_of(tmp_path, rows)
    below = {pillar for quadrant in (context.quadrants[0], context.quadrants[2]) for pillar in quadrant.pillars}
    assert below == {"Voice of the customer (in the plan)"}
    assert len(context.candidates) == 1
    all_below = [Person(2, focus="voice" if at % 2 else "vision") for at in range(12)]
    assert context_of(tmp_path, all_below).quadrants == (), "all on one side of a line: the grid would say nothing"


def test_what_the_team_took_out_of_the_plan_does_not_come_back_as_later(tmp_path: Path) -> None:
    source = source_of(tmp_path, people([3, 4] * 6, others={"voice": 2, "measures": 3}))
    pillar, *others = source.plan.pillars
    kept, gone = pillar.actions
    changed = replace(pillar, actions=(kept,), later=(gone.action, *pillar.later), declined=frozenset({gone.action.id}))
    plan = replace(source.plan, pillars=(changed, *others))
    context = build_context(replace(source, plan=plan), ENGLISH)
    said = [entry.words for block in context.calendar for entry in block.entries] + [
        one.title for one in context.details
    ]
    assert not any(ENGLISH.text(gone.action.title) in words for words in said)


def test_leaders_and_staff_who_were_asked_apart_are_told_why_they_are_not_shown(tmp_path: Path) -> None:
    source = source_of(tmp_path, people([3, 4] * 6))
    context = build_context(replace(source, asks_role=True), ENGLISH)
    assert context.has_leaders_staff
    assert context.leaders_staff_rest.startswith("Not shown: it takes 5 answers")
