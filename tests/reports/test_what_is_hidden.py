"""Method, section 6, checked on the printed page: what a plan must not reveal about the people who answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from assessment.infra.languages import Localisation
from assessment.services.print_plan import PrintOptions, plan_source
from assessment.services.score_responses import read_files
from reports.action_plan.build import build_context, build_html
from reports.action_plan.context import ActionPlanContext
from tests.reports.conftest import Print
from tests.reports.pdfs import pages_of
from tests.reports.plans import DAY, FILLED, Sample
from tests.services.files import PILLARS, Person, people, save

ENGLISH = Localisation("en", "US")


def context_of(
    path: Path,
    rows: Sequence[Person],
    points: Sequence[str] = (),
    before: Sequence[Person] = (),
    minimum_group: int = 5,
) -> ActionPlanContext:
    """What a plan shows of these answers, in English."""
    previous = save(path / "before.csv", before, points) if before else None
    files = read_files(save(path / "now.csv", rows, points), previous=previous)
    options = PrintOptions(printed_on=DAY, minimum_group=minimum_group)
    return build_context(plan_source(files, "Soporte", ENGLISH, options), ENGLISH)


def row_of(context: ActionPlanContext, pillar: str):
    return context.pillars[PILLARS.index(pillar)]


# Means at an end


def test_a_mean_at_an_end_is_printed_as_a_bound_without_interval_agreement_or_distribution(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3, 4] * 6, others={"voice": 5, "language": 1}))
    high, low, usual = (row_of(context, pillar) for pillar in ("voice", "language", "vision"))
    assert (high.score, low.score, usual.score) == ("4.8 or more", "1.2 or less", "3.5")
    for row in (high, low):
        assert (row.interval, row.agreement, row.distribution) == ("", "", None)
        assert row.scale.count("<circle") == 1
        assert "#85b5b5" not in row.scale  # the colour of an interval
    assert usual.interval.startswith("between ")
    assert not usual.agreement, "said once for all"
    assert "In all of them: “You broadly agree" in context.pillars_note
    assert usual.distribution


@pytest.mark.parametrize("sample", [Sample("excellent", locale) for locale in ("es-CO", "en-US")], ids=str)
def test_the_scores_of_an_excellent_team_are_bounds_and_never_exact(sample: Sample, printed: Print) -> None:
    scale = sample.source.questionnaire.scale
    bounds = [pillar for pillar in sample.source.result.pillars if scale.bound_of(pillar.mean)]
    assert bounds
    text = " ".join(pages_of(printed(sample).path))
    expected = "4,8 o más" if sample.reader.language == "es" else "4.8 or more"
    assert text.count(expected) >= len(bounds)
    assert not re.search(r"\b4[.,]9\b", text) or not any(pillar.mean > 4.85 for pillar in sample.source.result.pillars)
    assert not re.search(r"\b5[.,]0\b(?! y | and )", text)


# Ranges

INTERVAL = "#85b5b5"
"""The colour of an interval in a chart."""


@pytest.mark.parametrize(("answered", "is_shown"), [(7, False), (8, True)])
def test_a_range_is_shown_from_eight_answers_and_the_page_says_why_not(answered, is_shown, tmp_path: Path) -> None:
    context = context_of(tmp_path, people(([2, 4] * 4)[:answered]), before=people([1, 2] * 4))
    assert all(bool(row.interval) == (INTERVAL in row.scale) == is_shown for row in context.pillars)
    assert ("the bar is where it lies" in context.pillars_note) == is_shown
    assert ("No range is shown" in context.pillars_note) != is_shown
    assert not any("(?)" in row.level or "robably" in row.level for row in context.pillars)
    assert "All levels are only probable" in context.pillars_note
    assert ("probably at the level" in context.headline) != is_shown
    moved = {row.words for row in context.change}
    assert all(("(likely" in words or "could be" in words) == is_shown for words in moved)
    assert ("No range is shown" in context.change_note) != is_shown


def test_a_team_that_answered_alike_is_printed_without_any_range_or_bar(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3] * 12, ladder={"contact": 3}), ["contact"])
    assert {(row.score, row.interval, row.distribution) for row in context.pillars} == {("3.0", "", None)}
    assert not any(INTERVAL in row.scale for row in context.pillars)
    assert "No range is shown" in context.pillars_note
    assert "stroke-opacity" not in context.ladder_map
    assert "All pillars have the same score: 3.0." in context.story
    html = build_html(context, ENGLISH)
    assert 'width="0.0"' not in html


def test_moments_that_stand_alike_have_no_weakest(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3] * 12, ladder={"contact": 4, "closing": 4}), ["contact", "closing"])
    assert [row.mark for row in context.ladder_rows] == ["", ""]
    assert context.point is not None
    assert context.point.heading == "A moment to lift: Contact"
    apart = context_of(tmp_path, people([3] * 12, ladder={"contact": 4, "closing": 3}), ["contact", "closing"])
    assert [bool(row.mark) for row in apart.ladder_rows] == [False, True]


def test_of_leaders_and_staff_under_eight_only_what_is_clear_is_printed(tmp_path: Path) -> None:
    rows = [Person(4 if at < 5 else 2 + at % 2, role="leader" if at < 5 else "") for at in range(12)]
    context = context_of(tmp_path, rows)
    assert {(row.first, row.second) for row in context.leaders_staff} == {("+1.4", "")}
    assert "No range is shown" in context.leaders_staff_note
    assert "Likely range" not in build_html(context, ENGLISH)


def test_what_few_chose_is_not_printed_and_has_no_column(tmp_path: Path) -> None:
    def chosen_by(choosers: int) -> ActionPlanContext:
        rows = [Person(2 + at % 2, focus="voice" if at < choosers else "") for at in range(10)]
        return context_of(tmp_path, rows)

    few, enough = chosen_by(4), chosen_by(5)
    assert (few.focus, few.quadrants, few.has_focus) == ((), (), False)
    assert few.focus_withheld.startswith("Not shown: fewer than 5 people")
    assert {row.share for row in few.candidates} == {""}
    assert not any("%" in reason for box in few.priorities for reason in box.reasons)
    assert few.focus_withheld in build_html(few, ENGLISH)
    assert "Chose it" not in build_html(few, ENGLISH)
    assert (bool(enough.focus), enough.focus_withheld) == (True, "")
    assert "Chose it" in build_html(enough, ENGLISH)


def test_a_moment_that_is_withheld_is_no_empty_column_of_the_map(tmp_path: Path) -> None:
    rows = [Person(2 + at % 2, ladder={"contact": 2 + at % 2} | ({"closing": 3} if at < 4 else {})) for at in range(12)]
    context = context_of(tmp_path, rows, ["contact", "closing"])
    assert context.ladder_map.count("<circle") == 1
    assert [row.median for row in context.ladder_rows][1] == "Too few answers"
    assert context.ladder_rows[1].strip is None


def test_pillars_that_read_alike_are_all_named(tmp_path: Path) -> None:
    context = context_of(tmp_path, people([3, 4] * 6, others={"voice": 2, "vision": 2}))
    assert (
        "What the team does best: 10 pillars (3.5). Where it has furthest to go: “Engaging service vision” and "
        "“Voice of the customer” (2.0)."
    ) in context.story


# Distributions


def test_under_ten_answers_no_distribution_is_drawn_and_no_share_is_printed(tmp_path: Path) -> None:
    rows = people([3, 4, 2] * 3, ladder={"contact": 3})
    context = context_of(tmp_path, rows, ["contact"])
    assert {row.distribution for row in context.pillars} == {None}
    assert [(row.low, row.high) for row in context.ladder_rows] == [("", "")]
    assert "<rect" in context.ladder_map
    assert "stroke-opacity" not in context.ladder_map  # what only a bar of the distribution has
    assert "no bars are drawn" in context.ladder_note


def test_from_ten_answers_on_distributions_are_drawn(tmp_path: Path) -> None:
    rows = [Person(2 + at % 3, ladder={"contact": 2 + at % 3}) for at in range(10)]
    context = context_of(tmp_path, rows, ["contact"])
    assert all(row.distribution for row in context.pillars)
    assert context.ladder_map.count("stroke-opacity") == 3
    assert (context.ladder_rows[0].low, context.ladder_rows[0].high) == ("40%", "30%")


def test_a_pillar_with_one_statement_that_may_not_be_drawn_is_not_drawn_at_all(tmp_path: Path) -> None:
    rows = [Person(2 + at % 3, {"voice-1": 4}) for at in range(12)]
    context = context_of(tmp_path, rows)
    assert row_of(context, "voice").distribution is None
    assert row_of(context, "vision").distribution


def test_the_page_says_where_a_distribution_is_not_drawn_and_has_no_column_for_none(printed: Print) -> None:
    some, none = Sample("long", "en-US"), Sample("small", "en-US")
    hidden = [row for row in build_context(some.source, some.reader).pillars if row.distribution is None]
    assert 0 < len(hidden) < 12
    pages = pages_of(printed(some).path)
    assert sum(page.count("not drawn") for page in pages if "All answers" in page) == len(hidden)
    assert not any("All answers" in page for page in pages_of(printed(none).path))


# Change, leaders and staff


def test_the_change_of_a_pillar_at_an_end_is_not_printed(tmp_path: Path) -> None:
    now = people([3, 4] * 6, others={"voice": 5})
    context = context_of(tmp_path, now, before=people([2, 3] * 6))
    words = {row.name: row.words for row in context.change}
    assert words["Voice of the customer"].startswith("Not shown")
    assert words["Engaging service vision"].startswith("Up 1.0")


@pytest.mark.parametrize(("joined", "is_linked"), [(0, True), (1, False), (5, True)])
def test_the_page_says_whether_the_same_people_are_compared(joined: int, is_linked: bool, tmp_path: Path) -> None:
    def round_of(people_: int, shift: int) -> list[Person]:
        return [Person(2 + shift + at % 2, code=str(at)) for at in range(people_)]

    context = context_of(tmp_path, round_of(8 + joined, 1), before=round_of(8, 0))
    expected = "Only people who answered both times" if is_linked else "need not be the same people"
    assert expected in context.change_note


def test_the_example_pair_is_compared_unlinked_as_one_person_joined() -> None:
    source = Sample("desk").source
    assert {change.linked for change in source.result.change} == {False}
    assert {(change.n1, change.n2) for change in source.result.change} == {(13, 14)}


def test_leaders_and_staff_are_compared_only_where_each_is_enough(tmp_path: Path) -> None:
    def team(leaders: int) -> list[Person]:
        return [Person(4 if at < leaders else 2 + at % 2, role="leader" if at < leaders else "") for at in range(12)]

    assert context_of(tmp_path, team(5)).leaders_staff
    assert not context_of(tmp_path, team(4)).has_leaders_staff


def test_a_comment_is_never_printed(tmp_path: Path) -> None:
    rows = people([3, 4] * 6, comment="Marta grita a los clientes")
    context = context_of(tmp_path, rows)
    assert "Marta" not in build_html(context, ENGLISH)
    assert "grita" not in repr(context)


def test_no_code_of_a_respondent_is_printed(tmp_path: Path) -> None:
    rows = [Person(3 + at % 2, code=f"EMP-{at:04d}") for at in range(12)]
    context = context_of(tmp_path, rows, before=rows)
    assert "EMP-" not in build_html(context, ENGLISH)


# Agreed answers

PERCENT = re.compile(r"\d ?%")
OF_PEOPLE = re.compile(
    r"people answered|person answered|respondieron|respondió|scored|confidence|confianza|between \d|entre \d"
)


@pytest.mark.parametrize("sample", [sample for sample in FILLED if sample.name == "consensus"], ids=str)
def test_agreed_answers_are_printed_without_any_statistic(sample: Sample, printed: Print) -> None:
    pages = pages_of(printed(sample).path)
    calendar = next(
        at for at, page in enumerate(pages) if ("Los próximos 90" in page or "The next 90 days" in page) and at
    )
    evidence = " ".join(pages[1:calendar])
    assert not PERCENT.search(evidence)
    assert not OF_PEOPLE.search(evidence)
    context = build_context(sample.source, sample.reader)
    assert {row.interval + row.agreement for row in context.pillars} == {""}
    assert {row.distribution for row in context.pillars} == {None}
    assert {row.share + row.stability for row in context.candidates} == {""}
    assert (context.focus, context.quadrants, context.change, context.leaders_staff) == ((), (), (), ())
    assert not any("%" in reason for box in context.priorities for reason in box.reasons)


def test_agreed_answers_may_be_shown_at_their_ends(tmp_path: Path) -> None:
    context = context_of(tmp_path, [Person(4, {"voice": 5, "language": 1}, role="consensus")])
    assert (row_of(context, "voice").score, row_of(context, "language").score) == ("5.0", "1.0")


@pytest.mark.parametrize(("joined", "is_linked"), [(0, True), (1, False), (5, True)])
def test_of_linked_people_their_difference_is_told_and_no_average_beside_it(
    joined: int, is_linked: bool, tmp_path: Path
) -> None:
    def round_of(people_: int, shift: int) -> list[Person]:
        return [Person(2 + shift + at % 2, code=str(at)) for at in range(people_)]

    context = context_of(tmp_path, round_of(11 + joined, 0), before=round_of(11, 0))
    assert context.changed is not None
    assert (context.changed.statements_note == "") is is_linked
    assert context.changed.statements == ()
    codes = [sentence for sentence in context.changed.circumstances if "By their codes" in sentence]
    assert bool(codes) is is_linked
    if joined == 5:
        assert "11 people answered both times, 5 only now and 0 only then" in codes[0]
        assert any("nearly two teams" in sentence for sentence in context.changed.circumstances)
