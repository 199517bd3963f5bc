"""Every rule for a questionnaire: a file that breaks it is reported with line, field and remedy, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogue.spoil import ENGLISH, RUBRICS, STATEMENTS, Spoilt, between, problems_of, save

DONT_KNOW = 'dont_know: {es: "No sé / no aplica", en: "Don\'t know / doesn\'t apply"}'
SAYING = "When discussing a case, the team means the same thing by “good service”."
DESCRIPTION = (
    "Each person talks about service in their own way. “Good service” means different things depending on whom you ask."
)
LAST_STEP = between(STATEMENTS, "      - value: 6\n        id: unbelievable", "  - kind: text")
FIRST_ITEMS = between(STATEMENTS, "          - id: language-1", "      - id: vision")
FIFTH_LEVEL = between(RUBRICS, "              - value: 5", "      - id: vision")
PILLARS = "sections[1]"
SCALE, GROUPS, STEPS, AT_MOST = "sections[1].scale", "sections[1].groups", "sections[3].levels", "sections[2].at_most"
ITEMS = f"{GROUPS}[1].items"
TEXT, ITEM, RUBRIC = f"{ITEMS}[1].text.en", f"{ITEMS}[2].id", f"{ITEMS}[1].levels"
IN_ORDER = "must be 1, 2, 3 and so on"

CASES = [
    # What a field may hold
    Spoilt("a language missing", STATEMENTS, DONT_KNOW, 'dont_know: {en: "No"}', f"{SCALE}.dont_know.es", "is missing"),
    Spoilt("one language only", STATEMENTS, DONT_KNOW, 'dont_know: "No"', f"{SCALE}.dont_know", "“es” and “en”"),
    Spoilt(
        "an empty text", STATEMENTS, DONT_KNOW, 'dont_know: {es: "No", en: ""}', f"{SCALE}.dont_know.en", "is empty"
    ),
    Spoilt(
        "a number as text", STATEMENTS, DONT_KNOW, 'dont_know: {es: "No", en: 5}', f"{SCALE}.dont_know.en", "quotes"
    ),
    Spoilt("a text as number", STATEMENTS, "version: 1", 'version: "1"', "version", "whole number"),
    Spoilt("a truth value as number", STATEMENTS, "version: 1", "version: true", "version", "whole number"),
    Spoilt("version nought", STATEMENTS, "version: 1", "version: 0", "version", "at least 1"),
    Spoilt("a field nobody knows", STATEMENTS, "version: 1", "version: 1\nby: me", "by", "not known", below="by: me"),
    Spoilt("a date as id", STATEMENTS, "id: service-culture", "id: 2026-11-21", "id", "in quotes"),
    Spoilt("nothing as id", STATEMENTS, "id: service-culture", "id:", "id", "in quotes"),
    Spoilt("a capital in an id", STATEMENTS, "- id: vision\n", "- id: Vision\n", f"{GROUPS}[2].id", "lower-case"),
    Spoilt("no items", STATEMENTS, FIRST_ITEMS, "          []\n", ITEMS, "at least 1", above="items:"),
    Spoilt("a field as list", STATEMENTS, FIRST_ITEMS, "          a: 1\n", ITEMS, "a list", above="items:"),
    Spoilt("five steps", STATEMENTS, LAST_STEP, "", STEPS, "at least 6", above="levels:"),
    Spoilt("no choice at all", STATEMENTS, "at_most: 3", "at_most: 0", AT_MOST, "at least 1"),
    Spoilt("more choices than pillars", STATEMENTS, "at_most: 3", "at_most: 13", AT_MOST, "at most 12"),
    # Texts
    Spoilt("a short statement", STATEMENTS, SAYING, "Too short.", TEXT, "10 characters; 40 to 110"),
    Spoilt("a long statement", STATEMENTS, SAYING, "x" * 111, TEXT, "111 characters; 40 to 110"),
    Spoilt("an endless text", STATEMENTS, SAYING, "x" * 601, TEXT, "at most 600"),
    Spoilt("two spaces", STATEMENTS, SAYING, SAYING.replace(" ", "  "), TEXT, "stray spaces"),
    Spoilt("a short description", RUBRICS, DESCRIPTION, "Nothing.", f"{RUBRIC}[1].text.en", "60 to 190"),
    # Ids and order
    Spoilt("an item twice", STATEMENTS, "- id: language-2", "- id: language-1", ITEM, "“language-1” occurs more"),
    Spoilt("a pillar twice", STATEMENTS, "- id: vision\n", "- id: language\n", f"{GROUPS}[2].id", "more than once"),
    Spoilt("a step twice", STATEMENTS, "id: basic", "id: criminal", f"{STEPS}[2].id", "more than once"),
    Spoilt("an answer twice", STATEMENTS, '"Casi nunca"', '"NUNCA"', f"{SCALE}.points[2].label.es", "more than once"),
    Spoilt("another pillar's item", STATEMENTS, "- id: language-2", "- id: vision-9", ITEM, "must begin with"),
    # Sections
    Spoilt("an unknown kind", STATEMENTS, "kind: focus", "kind: order", "sections[2].kind", "not a kind of section"),
    Spoilt("a kind missing", STATEMENTS, "  - kind: focus\n    id", "  - id", "sections[2]", "“kind” is missing"),
    Spoilt(
        "a text as truth value", STATEMENTS, "pillars: true", "pillars: 1", f"{PILLARS}.are_pillars", "true or false"
    ),
    Spoilt("a page's name", STATEMENTS, "id: pillars", "id: welcome", f"{PILLARS}.id", "a meaning of its own"),
    Spoilt(
        "another kind's id",
        STATEMENTS,
        "id: pillars",
        "id: ladder",
        "sections[3].id",
        "more than once",
        below="id: ladder\n    q",
    ),
    Spoilt(
        "a focus without pillars",
        STATEMENTS,
        "    are_pillars: true\n",
        "",
        "sections[2]",
        "asks for pillars",
        below="  - kind: focus",
    ),
    Spoilt(
        "too small a group",
        STATEMENTS,
        "    are_pillars: true",
        "    minimum_group: 3",
        f"{PILLARS}.minimum_group",
        "at least 4",
    ),
    Spoilt(
        "answers out of order",
        STATEMENTS,
        "        - value: 2",
        "        - value: 3",
        f"{SCALE}.points[2].value",
        IN_ORDER,
    ),
    Spoilt(
        "levels out of order",
        RUBRICS,
        "              - value: 3",
        "              - value: 4",
        f"{RUBRIC}[3].value",
        IN_ORDER,
    ),
    Spoilt("four levels of five", RUBRICS, FIFTH_LEVEL, "", RUBRIC, "all 5 levels", above="levels:"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_rule_is_reported_with_its_line_field_and_remedy(case: Spoilt, tmp_path: Path) -> None:
    problems = [
        problem for problem in problems_of(save(tmp_path, case.text())) if problem.field == case.field
    ]  # a wrong type may break more than one rule
    assert [problem.line for problem in problems] == [case.line]
    assert case.says in problems[0].describe(ENGLISH)


def test_the_same_statement_twice_is_found_whatever_its_capitals(tmp_path: Path) -> None:
    text = STATEMENTS.read_text("utf-8")
    copy = text.replace("The team leader explains what each measure is for.", SAYING.upper())
    (problem,) = problems_of(save(tmp_path, copy))
    assert problem.field == f"{GROUPS}[8].items[2].text.en"


def test_a_missing_field_is_reported_at_the_object_that_lacks_it(tmp_path: Path) -> None:
    text = STATEMENTS.read_text("utf-8").replace(
        '  question: {es: "¿Con qué frecuencia', '  asks: {es: "¿Con qué frecuencia'
    )
    problems = {problem.field: problem for problem in problems_of(save(tmp_path, text))}
    assert set(problems) == {f"{SCALE}.question", f"{SCALE}.asks"}
    line = text[: text.index("scale:")].count("\n") + 1
    assert (problems[f"{SCALE}.question"].line, problems[f"{SCALE}.asks"].line) == (line, line + 1)


def test_all_problems_of_a_file_are_found_in_one_pass(tmp_path: Path) -> None:
    text = STATEMENTS.read_text("utf-8")
    for old, new in (("version: 1", "version: 0"), (SAYING, "Short."), ("at_most: 3", "at_most: 0")):
        text = text.replace(old, new, 1)
    assert [problem.field for problem in problems_of(save(tmp_path, text))] == [
        "version", f"{GROUPS}[1].items[1].text.en", AT_MOST,
    ]  # fmt: skip
