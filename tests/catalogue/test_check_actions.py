"""Every rule for team kinds, actions and ladder moves: a file that breaks it is reported with line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogue.spoil import ENGLISH, KINDS, MOVES, VOICE, Spoilt, between, problems_of, save

LAST_MOVE = between(MOVES, "  - id: ladder-6-middle", "  - id: ladder-6-end")
TITLE = 'title: {es: "Tres llamadas cada viernes", en: "Three calls every Friday"}'
SHORT = 'title: {es: "Tres llamadas cada viernes", en: "Calls"}'
OWNER = '    owner: {es: "Dos personas del equipo, turnándose", en: "Two team members, taking turns"}\n'
LOGGING = "- id: logging\n        phase: beginning\n"
EFFORTS = "'small', 'medium', 'large'"
CALLS, NOTEBOOK = "id: voice-three-calls", "id: voice-complaints-notebook"
FIRST_MOVE, SECOND_MOVE = "id: ladder-1-beginning-only-kept-promises", "id: ladder-1-beginning-nobody-unanswered"

CASES = [
    # Kinds of team
    Spoilt("a kind twice", KINDS, "- id: shop\n", "- id: service-desk\n", "kinds[2].id", "more than once"),
    Spoilt("a point twice", KINDS, "- id: logging", "- id: contact", "kinds[1].points[2].id", "more than once"),
    Spoilt("no such phase", KINDS, "phase: middle", "phase: centre", "kinds[1].points[3].phase", "“centre” is not one"),
    Spoilt(
        "a middle before a beginning", KINDS, "phase: beginning", "phase: middle",
        "kinds[1].points[2].phase", "in this order", below="phase: beginning",
    ),
    Spoilt("no end", KINDS, "phase: end", "phase: middle", "kinds[1].points", "middle and end", above="points:"),
    Spoilt(
        "two names of a point", KINDS, "- id: entrance", "- id: contact",
        "kinds[2].points[2].name", "two different names", below="name:",
    ),
    Spoilt("a long name", KINDS, '"Case updates"', '"Updates of all the cases"', "kinds[1].points[5].name.en", "to 20"),
    # Actions
    Spoilt("no such band", VOICE, "levels: [1, 2]", "levels: [2, 3]", "actions[1].levels", "[1, 2], [3] or [4, 5]"),
    Spoilt("one action of a band", VOICE, "levels: [4, 5]", "levels: [3]", "actions", "at least two", above="actions:"),
    Spoilt("an action twice", VOICE, NOTEBOOK, CALLS, "actions[2].id", "more than once"),
    Spoilt("the conversation's id", VOICE, CALLS, "id: voice-conversation", "actions[1].id", "more than once"),
    Spoilt("due tomorrow", VOICE, "due_days: 10", "due_days: 1", "conversation.due_days", "at least 7"),
    Spoilt("due next year", VOICE, "due_days: 10", "due_days: 365", "conversation.due_days", "at most 90"),
    Spoilt("no such effort", VOICE, "effort: small", "effort: tiny", "conversation.effort", EFFORTS),
    Spoilt("a short title", VOICE, TITLE, SHORT, "actions[1].title.en", "12 to 60"),
    Spoilt("no owner", VOICE, OWNER, "", "actions[1].owner", "is missing", above="- id: voice-three-calls"),
    # Moves
    Spoilt("no move from a step", MOVES, LAST_MOVE, "", "moves", "from step 6 for the phase “middle”", above="moves:"),
    Spoilt("a seventh step", MOVES, "from: 1", "from: 7", "moves[1].from", "at most 6"),
    Spoilt("a move twice", MOVES, SECOND_MOVE, FIRST_MOVE, "moves[2].id", "more than once"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_rule_is_reported_with_its_line_field_and_remedy(case: Spoilt, tmp_path: Path) -> None:
    (problem,) = problems_of(save(tmp_path, case.text()))
    assert (problem.field, problem.line) == (case.field, case.line)
    assert case.says in problem.describe(ENGLISH)
