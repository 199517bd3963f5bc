"""A questionnaire is a list of sections: what each kind accepts, says and may show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assessment.domain.answers import AnswerSheet, InvalidAnswer, Role
from assessment.domain.privacy import release
from assessment.domain.questionnaire import NotAskedTogether, ask_together
from assessment.domain.respondents import check_sheet
from assessment.domain.result import ChoiceResult, GroupsResult
from assessment.domain.scoring import score_team
from assessment.domain.sections.choice import ChoiceSection, Option
from assessment.domain.sections.ladder import LadderSection
from assessment.domain.sections.statements import StatementsSection
from assessment.domain.sections.text import TextSection
from tests.domain.build import (
    build_ladder,
    build_pillar,
    build_pillars,
    build_questionnaire,
    build_scale,
    questionnaire_of,
    sheet_of,
    team_of,
    text,
)

DESK = StatementsSection(
    id="desk",
    title=text("Desk"),
    scale=build_scale(3),
    groups=(build_pillar("contact", 2), build_pillar("tracking", 4), build_pillar("single", 1)),
)
LEARNING = ChoiceSection(
    id="learning",
    title=text("Learning"),
    question=text("Which is most like your team"),
    options=tuple(Option(name, text(name), text(f"vignette {name}")) for name in ("nothing", "talk", "train", "teach")),
)
WISH = TextSection(id="wish", title=text("Wish"), question=text("What do you wish for"), warning=text("No names"))
TWO = [build_pillar("language"), build_pillar("vision")]
MAIN = build_questionnaire(TWO)
ASKED = build_questionnaire(TWO, more=(DESK, LEARNING, WISH))


def sheets_of(desk, *, choices=(), pillars=3) -> list[AnswerSheet]:
    """A sheet for each value; it answers all statements of the desk with it. `None` skips them."""
    sheets = []
    for at, value in enumerate(desk):
        sheet = sheet_of(ASKED, pillars)
        if value is not None:
            sheet.items.update({item.id: value for item in DESK.items})
        chosen = choices[at] if choices else None
        sheets.append(replace(sheet, choices=sheet.choices | ({"learning": chosen} if chosen else {})))
    return sheets


def score(sheets, asked=ASKED, **options):
    return score_team(team_of(sheets), asked, **options)


def section_of(result, section, asked="test") -> Any:
    return result.sections[asked][section]


# What an answer is


@pytest.mark.parametrize(
    ("sheet", "question"),
    [
        (AnswerSheet(items={"contact-1": 4}), "contact-1"),
        (AnswerSheet(items={"contact-1": True}), "contact-1"),
        (AnswerSheet(items={"contact-9": 1}), "contact-9"),
        (AnswerSheet(choices={"learning": "sleep"}), "learning"),
        (AnswerSheet(choices={"teaching": "talk"}), "teaching"),
        (AnswerSheet(texts={"hope": "More time"}), "hope"),
    ],
)
def test_an_answer_that_no_section_accepts_is_refused(sheet, question):
    with pytest.raises(InvalidAnswer) as caught:
        check_sheet(sheet, ASKED)
    assert caught.value.question == question


def test_each_section_accepts_answers_on_its_own_scale():
    check_sheet(
        AnswerSheet(
            items={"language-1": 5, "contact-1": 3}, choices={"learning": "talk"}, texts={"wish": "Time"}, comment="Hi"
        ),
        ASKED,
    )


@pytest.mark.parametrize("sheet", [AnswerSheet(ladder={"contact": 3}), AnswerSheet(focus=("language",))])
def test_what_is_not_asked_is_not_accepted(sheet):
    check_sheet(sheet, ASKED)
    with pytest.raises(InvalidAnswer):
        check_sheet(sheet, questionnaire_of(build_pillars(TWO)))


# Statements in other groups


def test_groups_beside_the_pillars_are_scored_as_pillars_are_on_their_own_scale():
    result = section_of(score(sheets_of([1, 2, 2, 3, 3, 2, 1, 2])), "desk")
    assert isinstance(result, GroupsResult)
    assert (result.kind, result.minimum_group) == ("statements", 5)
    contact = result.groups[0]
    assert (contact.pillar, contact.n, contact.mean, contact.level, contact.percent) == ("contact", 8, 2.0, 3, 50)
    assert contact.agreement == "fair"
    assert contact.answer_counts == {"contact-1": (2, 4, 2), "contact-2": (2, 4, 2)}
    assert contact.ci95 is not None


def test_the_half_rule_holds_within_the_group():
    sheets = sheets_of([2] * 6)
    del sheets[0].items["contact-1"]
    del sheets[1].items["contact-1"], sheets[1].items["contact-2"]
    del sheets[2].items["tracking-1"], sheets[2].items["tracking-2"], sheets[2].items["tracking-3"]
    groups = {group.pillar: group.n for group in section_of(score(sheets), "desk").groups}
    assert groups == {"contact": 5, "tracking": 5, "single": 6}


def test_what_is_asked_beside_the_pillars_changes_none_of_their_figures():
    beside = score(sheets_of([1, 3, None, 2, 2, 3, 1, None, 2]))
    alone = score([replace(sheet, items=sheet_of(MAIN, 3).items, choices={}) for sheet in sheets_of([1] * 9)], MAIN)
    assert replace(beside, sections={}) == alone


def test_whoever_answers_half_of_the_pillars_counts_and_nobody_else():
    sheets = sheets_of([2] * 6)
    few = sheet_of(ASKED, {})
    few.items.update({item.id: 3 for item in DESK.items} | {"language-1": 3})
    result = score([*sheets, few])
    assert (result.respondents, result.scored) == (7, 6)
    assert section_of(result, "desk").groups[0].n == 6


def test_without_pillars_half_of_all_items_decides():
    asked = questionnaire_of(DESK)
    whole = {item.id: 2 for item in DESK.items}
    sheets = [AnswerSheet(items=dict(whole)) for _ in range(5)] + [AnswerSheet(items={"contact-1": 1})]
    result = score_team(team_of(sheets), asked)
    assert (result.scored, result.pillars, result.priorities, result.overall.n) == (5, (), (), 0)
    assert section_of(result, "desk").groups[1].mean == 2


def test_a_section_may_raise_the_minimum_group_and_never_lowers_it():
    raised, lowered = replace(DESK, minimum_group=8), replace(DESK, minimum_group=4)
    for section, expected in ((raised, 8), (lowered, 5)):
        result = score(sheets_of([2, 1] * 3), build_questionnaire(TWO, more=(section, LEARNING, WISH)))
        section_result = section_of(result, "desk")
        assert (section_result.minimum_group, section_result.groups[0].mean is None) == (expected, expected == 8)
    pillars = replace(build_pillars(TWO), minimum_group=8)
    result = score_team(team_of([sheet_of(MAIN, 3) for _ in range(6)]), questionnaire_of(pillars))
    assert [(pillar.n, pillar.mean) for pillar in result.pillars] == [(6, None), (6, None)]
    assert (result.overall.mean, result.priorities) == (None, ())


def test_each_section_is_a_family_of_its_own():
    """In a family of three the smallest p is multiplied by three, whatever the pillars' p are."""
    before, now = sheets_of([1, 2] * 6), sheets_of([2, 3] * 6)
    for sheet in now[:4]:
        sheet.items["contact-1"] = sheet.items["contact-2"] = 2
    result = score(now, previous=team_of(before))
    changes = section_of(result, "desk").change
    assert [change.pillar for change in changes] == ["contact", "tracking", "single"]
    by_p = sorted(changes, key=lambda change: change.p)
    assert max(change.p_adjusted for change in by_p) == pytest.approx(by_p[-1].p)
    assert all(change.p_adjusted <= 3 * change.p + 1e-12 for change in changes)
    assert {change.pillar for change in result.change} == {"language", "vision", "overall"}


def test_a_section_is_compared_only_where_it_asked_the_same():
    before, now = team_of(sheets_of([1, 2] * 6)), sheets_of([2, 3] * 6)
    other_words = replace(
        DESK, groups=(replace(DESK.groups[0], items=build_pillar("contact", 3).items[:2]), *DESK.groups[1:])
    )
    assert other_words.fingerprint == DESK.fingerprint
    other_words = replace(DESK, scale=replace(DESK.scale, question=text("How much")))
    for earlier, is_compared in ((DESK, True), (other_words, False)):
        asked_before = build_questionnaire(TWO, more=(earlier, LEARNING, WISH))
        result = score(now, previous=before, previous_questionnaire=asked_before)
        assert bool(section_of(result, "desk").change) == is_compared
        assert len(result.change) == 3


# A choice


def chosen(*counts: int, released: bool = True) -> ChoiceResult:
    """The result of so many people choosing each of the four vignettes."""
    names = [option.id for option in LEARNING.options]
    choices = [name for name, count in zip(names, counts, strict=True) for _ in range(count)]
    result = score(sheets_of([2] * len(choices), choices=choices))
    section_result = section_of(release(result, ASKED) if released else result, "learning")
    assert isinstance(section_result, ChoiceResult)
    return section_result


@pytest.mark.parametrize(
    ("counts", "summary", "most"),
    [
        ((1, 2, 3, 4), "counts", None),
        ((0, 0, 6, 4), "counts", "train"),
        ((1, 0, 9, 0), "nearly all", "train"),
        ((0, 0, 12, 0), "nearly all", "train"),
        ((2, 0, 10, 0), "counts", "train"),
        ((1, 0, 4, 0), "most", "train"),
        ((0, 0, 5, 0), "most", "train"),
        ((1, 0, 8, 0), "most", "train"),
        ((2, 1, 3, 0), "spread", None),
        ((4, 0, 4, 0), "spread", None),
    ],
)
def test_a_choice_is_told_as_coarsely_as_its_numbers_demand(counts, summary, most):
    section_result = chosen(*counts)
    assert (section_result.n, section_result.summary, section_result.most) == (sum(counts), summary, most)
    assert (section_result.counts is not None) == (summary == "counts")
    if section_result.counts:
        assert tuple(section_result.counts.values()) == counts


def test_the_command_line_has_the_counts_of_a_choice():
    assert chosen(1, 0, 4, 0, released=False).counts == {"nothing": 1, "talk": 0, "train": 4, "teach": 0}


def test_a_choice_of_fewer_than_the_minimum_keeps_its_number_only():
    choices = ["talk"] * 4 + [None] * 6
    section_result = section_of(score(sheets_of([2] * 10, choices=choices)), "learning")
    assert (section_result.n, section_result.summary, section_result.most, section_result.counts) == (
        4,
        None,
        None,
        None,
    )


def test_what_a_team_agreed_on_is_open():
    sheet = replace(sheets_of([3], choices=["teach"])[0], role=Role.CONSENSUS)
    result = score([sheet])
    assert release(result, ASKED) == result
    learning, desk = section_of(result, "learning"), section_of(result, "desk")
    assert (learning.n, learning.summary, learning.most) == (None, "agreed", "teach")
    assert [(group.n, group.mean, group.level) for group in desk.groups] == [(None, 3.0, 5)] * 3


# What may leave


def test_a_group_at_an_end_of_its_own_scale_leaves_as_its_bound():
    released = section_of(release(score(sheets_of([3] * 12)), ASKED), "desk")
    assert [group.mean for group in released.groups] == [2.9] * 3
    assert released.groups[0].answer_counts is released.groups[0].ci95 is None


@pytest.mark.parametrize(("people", "mean"), [(7, None), (8, 2.0)])
def test_a_group_of_one_statement_leaves_as_mean_and_number_from_eight_answers(people, mean):
    values = [1, 3] * (people // 2) + [2] * (people % 2)
    whole, released = (
        section_of(result, "desk").groups[2]
        for result in (score(sheets_of(values)), release(score(sheets_of(values)), ASKED))
    )
    assert whole.answer_counts is not None
    assert (released.n, released.mean) == (people, mean)
    assert released.sd is released.ci95 is released.ad_md is released.answer_counts is released.dk_share is None


def test_a_change_of_a_group_at_an_end_is_withheld():
    result = score(sheets_of([3] * 12), previous=team_of(sheets_of([1, 2] * 6)))
    assert section_of(result, "desk").change[0].label == "improved"
    released = section_of(release(result, ASKED), "desk").change[0]
    assert (released.label, released.difference, released.n1, released.n2) == ("withheld", None, 12, 12)


def test_a_section_that_the_questionnaire_does_not_know_never_leaves():
    assert release(score(sheets_of([2, 1] * 6)), MAIN).sections == {}


def test_releasing_twice_is_releasing_once():
    once = release(score(sheets_of([3] * 9, choices=["talk"] * 9), previous=team_of(sheets_of([1] * 9))), ASKED)
    assert release(once, ASKED) == once


def test_what_is_written_is_no_part_of_a_result():
    sheets = [replace(sheet, texts={"wish": "More time"}, comment="Thanks") for sheet in sheets_of([2] * 6)]
    assert sheets[0].written == {"comment": "Thanks", "wish": "More time"}
    assert "More time" not in str(score(sheets))


# Several questionnaires at once


def test_questionnaires_asked_together_are_one_and_the_pillars_lead():
    desk = questionnaire_of(DESK, LEARNING, id_="service-desk")
    together = ask_together([desk, MAIN])
    assert (together.id, [asked.id for asked in together.together]) == ("test", ["test", "service-desk"])
    assert [section.id for section in together.all_sections] == [
        "pillars", "focus", "ladder", "comment", "desk", "learning",
    ]  # fmt: skip
    result = score_team(team_of(sheets_of([2, 1] * 4)), together)
    assert {asked: set(sections) for asked, sections in result.sections.items()} == {
        "service-desk": {"desk", "learning"}
    }
    assert len({hash(MAIN), hash(together), hash(desk)}) == 3


def test_a_ladder_may_come_with_any_of_them():
    service = questionnaire_of(build_ladder(), id_="service")
    together = ask_together([questionnaire_of(build_pillars(TWO)), service])
    assert isinstance(together.ladder, LadderSection)
    assert together.ladder.size == 6


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (questionnaire_of(build_pillars([build_pillar("voice")]), id_="other"), "pillars"),
        (questionnaire_of(build_ladder(), id_="other"), "ladder"),
        (questionnaire_of(replace(DESK, groups=(build_pillar("vision", 2),)), id_="other"), "vision"),
        (questionnaire_of(replace(WISH, id="comment"), id_="other"), "comment"),
        (MAIN, "test"),
    ],
)
def test_ids_and_what_is_asked_once_must_not_meet(other, shared):
    with pytest.raises(NotAskedTogether) as caught:
        ask_together([MAIN, other])
    assert (caught.value.first, caught.value.second, caught.value.shared) == ("test", other.id, shared)
