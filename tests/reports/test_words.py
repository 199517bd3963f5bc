"""The words for figures, in the method's own sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.result import Change, ChangeLabel, LadderChange, PillarResult, PointResult, Priority
from assessment.infra.languages import Localisation
from reports.engine import words

ENGLISH, SPANISH = Localisation("en"), Localisation("es", "CO")
LADDER, SCALE = load_questionnaire().ladder, load_questionnaire().scale
VOICE = PillarResult("voice", 12, 2.84, ci95=(2.51, 3.17), level=3, level_low=3, level_high=3, agreement="fair")


def change(label, difference, ci95, **more) -> Change:
    return Change("voice", 11, 12, False, difference, ci95, label=label, **more)


@pytest.mark.parametrize(
    ("moved", "english", "spanish"),
    [
        (
            change("improved", 0.92, (0.32, 1.52)),
            "Up 0.9 (likely 0.3 to 1.5). Unlikely to be chance.",
            "Subió 0,9 (probablemente de 0,3 a 1,5). Difícilmente es azar.",
        ),
        (
            change("worse", -0.92, (-1.52, -0.32)),
            "Down 0.9 (likely 0.3 to 1.5). Unlikely to be chance.",
            "Bajó 0,9 (probablemente de 0,3 a 1,5). Difícilmente es azar.",
        ),
        (
            change("worse", -0.32, (-0.61, -0.02)),
            "Down 0.3 (likely just above 0 to 0.6). Unlikely to be chance.",
            "Bajó 0,3 (probablemente de poco más de 0 a 0,6). Difícilmente es azar.",
        ),
        (change("same", 0.05, (-0.2, 0.25)), "Any change is smaller than 0.3.", "0,3"),
        (
            change("unclear", 0.12, (-0.5, 0.6)),
            "Not sure yet: changed by +0.1; with 12 answers it could be −0.5 to +0.6.",
            "Todavía no se sabe: cambió +0,1; con 12 respuestas podría estar entre −0,5 y +0,6.",
        ),
        (
            change("unclear", 0.42, (0.1, 0.8)),
            "So many figures are compared at once that one of them may well move like this by chance.",
            "Se comparan tantas cifras a la vez que alguna puede moverse así por azar.",
        ),
        (
            change("unclear", 0.2, (0.1, 0.4)),
            "That is less than the 0.3 that counts.",
            "Es menos que los 0,3 que cuentan.",
        ),
        (Change("voice", 4, 12, False), "Not shown: too few answers", "No se muestra"),
        (change("improved", 0.9, None), "Up 0.9. Unlikely to be chance.", "Subió 0,9. Difícilmente es azar."),
        (change("worse", -0.9, None), "Down 0.9. Unlikely to be chance.", "Bajó 0,9. Difícilmente es azar."),
        (change("same", None, None), "Any change is smaller than 0.3.", "0,3"),
        (change("unclear", None, None), "Not sure yet.", "Todavía no se sabe con seguridad."),
        (change("unclear", 0.1, None), "Not sure yet.", "Todavía no se sabe con seguridad."),
    ],
)
def test_a_change_is_described_in_the_words_of_the_method(moved: Change, english: str, spanish: str) -> None:
    assert english in words.change_words(moved, SCALE, ENGLISH)
    assert spanish in words.change_words(moved, SCALE, SPANISH)


def test_above_several_changes_it_is_said_once_that_they_are_no_chance() -> None:
    moved = change("improved", 0.92, (0.32, 1.52))
    assert words.change_words(moved, SCALE, ENGLISH, says_chance=False) == "Up 0.9 (likely 0.3 to 1.5)."


@pytest.mark.parametrize(
    ("moved", "compared", "expected"),
    [
        (change("unclear", 0.4, (0.1, 0.7)), 12, "of 12 figures that are compared at once"),
        (change("unclear", -0.4, (-0.7, -0.1)), 12, "of 12 figures that are compared at once"),
        (change("unclear", 0.4, (0.1, 0.7)), 1, "with so few answers"),
        (change("unclear", 0.2, (0.1, 0.3)), 12, "A change of less than 0.3 does not count"),
        (change("unclear", 0.4, (-0.1, 0.9)), 12, ""),
        (change("unclear", 0.4, (0.0, 0.8)), 12, ""),
        (change("unclear", None, None), 12, ""),
        (change("improved", 0.9, (0.3, 1.5)), 12, ""),
    ],
)
def test_a_range_on_one_side_of_zero_that_is_not_sure_is_explained(moved: Change, compared: int, expected: str) -> None:
    note = words.one_sided_note([moved], SCALE, ENGLISH, compared=compared)
    assert expected in note
    assert bool(note) == bool(expected)
    assert bool(words.one_sided_note([moved], SCALE, SPANISH, compared=compared)) == bool(expected)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("unclear", "No clear change: still expected."),
        ("improved", "Higher than before, though the middle answer is still expected."),
        ("worse", "Lower than before, though the middle answer is still expected."),
    ],
)
def test_a_moment_whose_step_is_the_same_is_still_there(label: ChangeLabel, expected: str) -> None:
    moved = LadderChange("contact", 12, 12, False, 3.0, 3.0, 0.1, 0.5, label)
    assert words.ladder_change_words(moved, LADDER, ENGLISH).startswith(expected)


@pytest.mark.parametrize(
    ("label", "expected"),
    [("improved", "Higher than before"), ("worse", "Lower than before"), ("unclear", "No clear change")],
)
def test_a_change_on_the_ladder_names_both_steps(label, expected) -> None:
    moved = LadderChange("contact", 12, 12, False, 3.0, 3.5, 0.4, 0.04, label)
    sentence = words.ladder_change_words(moved, LADDER, ENGLISH)
    assert sentence.startswith(expected)
    assert "it was expected, now it is between expected and desired" in sentence
    assert ("Unlikely to be chance" in sentence) == (label != "unclear")


def test_a_withheld_change_on_the_ladder_is_described_as_withheld() -> None:
    assert words.ladder_change_words(LadderChange("contact", 4, 12, False), LADDER, ENGLISH).startswith("Not shown")


@pytest.mark.parametrize(
    ("label", "beginning"),
    [
        ("improved", "Those who answered both times see it higher"),
        ("worse", "Those who"),
        ("unclear", "No clear change"),
    ],
)
def test_a_move_of_linked_people_is_told_without_their_steps(label: ChangeLabel, beginning: str) -> None:
    moved = LadderChange("contact", 12, 12, True, label=label)
    assert words.ladder_change_words(moved, LADDER, ENGLISH).startswith(beginning)


@pytest.mark.parametrize(
    ("level", "english", "spanish"),
    [(1, "Absent", "Ausente"), (2, "Emerging", "Incipiente"), (3, "Practised", "En práctica"),
     (4, "Embedded", "Arraigado"), (5, "Exemplary", "Ejemplar")],
)  # fmt: skip
def test_levels_have_the_names_of_the_method(level: int, english: str, spanish: str) -> None:
    certain = replace(VOICE, level=level, level_low=level, level_high=level)
    assert (words.level_words(certain, ENGLISH), words.level_words(certain, SPANISH)) == (english, spanish)


@pytest.mark.parametrize(("low", "high"), [(2, 3), (3, 4), (2, 4)])
def test_where_the_interval_crosses_a_level_the_words_say_probably(low: int, high: int) -> None:
    unsure = replace(VOICE, level_low=low, level_high=high)
    assert words.level_words(unsure, ENGLISH) == "Probably practised"
    assert words.level_words(unsure, SPANISH) == "Probablemente en práctica"


@pytest.mark.parametrize(("n", "expected"), [(7, "Probably practised"), (8, "Practised"), (None, "Practised")])
def test_under_eight_answers_the_words_always_say_probably(n, expected) -> None:
    assert words.level_words(replace(VOICE, n=n), ENGLISH) == expected
    assert words.level_words(replace(VOICE, n=n, level_low=None, level_high=None), ENGLISH) == expected


def test_where_most_levels_are_only_probable_it_is_said_once_and_the_sure_ones_are_named() -> None:
    unsure = [replace(VOICE, pillar=str(at), level_low=2) for at in range(3)]
    names = {"0": "Uno", "1": "Dos", "2": "Tres", "voice": "Voz"}
    assert words.probable_note(unsure, names, ENGLISH).startswith("All levels are only probable")
    assert words.probable_note([*unsure, VOICE], names, ENGLISH).endswith("Sure are: “Voz”.")
    assert words.probable_note([*unsure[:2], VOICE, VOICE], names, ENGLISH).startswith("(?) beside a level")
    assert words.probable_note([unsure[0], VOICE], names, ENGLISH) == ""


def test_what_most_rows_say_of_agreement_is_said_once() -> None:
    split = replace(VOICE, agreement="split")
    assert words.agreement_note([VOICE] * 3, ENGLISH) == "In all of them: “You broadly agree”."
    assert words.agreement_note([VOICE] * 3 + [split], ENGLISH).startswith("Where the table says nothing else")
    assert words.agreement_note([VOICE, VOICE], ENGLISH) == words.agreement_note([VOICE, split] * 3, ENGLISH) == ""


def test_a_pillar_without_a_score_is_withheld_in_words() -> None:
    hidden = PillarResult("voice", 3)
    assert (words.level_words(hidden, ENGLISH), words.score_words(hidden, SCALE, ENGLISH)) == (
        "Too few answers",
        "withheld",
    )
    assert words.interval_words(hidden, ENGLISH, 5) == words.agreement_words(hidden, ENGLISH) == ""


@pytest.mark.parametrize(
    ("mean", "n", "expected"),
    [(2.84, 12, "2.8"), (4.8, 12, "4.8 or more"), (1.2, 12, "1.2 or less"), (4.75, 12, "4.8"), (5.0, None, "5.0")],
)
def test_a_score_has_one_decimal_or_is_a_bound_and_an_agreed_value_is_open(mean, n, expected) -> None:
    assert words.score_words(replace(VOICE, mean=mean, n=n), SCALE, ENGLISH) == expected


def test_an_interval_is_cut_at_the_ends_of_the_scale_where_people_read_it() -> None:
    assert words.interval_words(VOICE, ENGLISH, 5) == "between 2.5 and 3.2"
    wide = replace(VOICE, ci95=(0.4, 5.7))
    assert words.interval_words(wide, ENGLISH, 5) == "between 1.0 and 5.0"
    assert words.interval_words(wide, SPANISH, 5) == "entre 1,0 y 5,0"


@pytest.mark.parametrize(
    ("agreement", "expected"),
    [
        ("close", "You see this the same way"),
        ("fair", "You broadly agree"),
        ("split", "You see this differently: talk before you plan"),
        ("none", "Too few answers to judge"),
    ],
)
def test_agreement_is_described_in_the_words_of_the_method(agreement, expected) -> None:
    sentence = words.agreement_words(replace(VOICE, agreement=agreement), ENGLISH)
    assert sentence == expected
    assert words.agreement_words(replace(VOICE, agreement=agreement), SPANISH) != sentence


@pytest.mark.parametrize("agreement", ["none", "same step", "close", "spread", "no common view"])
def test_every_agreement_on_the_ladder_has_words(agreement) -> None:
    point = PointResult("contact", 12, agreement=agreement)
    english, spanish = (words.point_agreement_words(point, reader) for reader in (ENGLISH, SPANISH))
    assert english
    assert spanish
    assert english != spanish


@pytest.mark.parametrize(
    ("label", "english", "spanish"),
    [("firm", "Firm", "Firme"), ("likely", "Likely", "Probable"), ("toss-up", "your choice", "deciden ustedes")],
)
def test_stability_is_described_in_the_words_of_the_method(label, english, spanish) -> None:
    priority = Priority("voice", 30, 0.3, 0.4, 0.1, 0.9, label)
    assert english in words.stability_words(priority, ENGLISH)
    assert spanish in words.stability_words(priority, SPANISH)


@pytest.mark.parametrize(
    ("median", "english", "spanish"),
    [
        (1, "1 · Criminal: broken promise", "1 · Criminal: promesa rota"),
        (1.5, "1–2 · between broken promise and basic", "1–2 · entre promesa rota y básico"),
        (3, "3 · Expected", "3 · Esperado"),
        (3.5, "3–4 · between expected and desired", "3–4 · entre esperado y deseado"),
        (6, "6 · Unbelievable", "6 · Increíble"),
    ],
)
def test_a_median_is_a_numbered_step_or_lies_between_two(median: float, english: str, spanish: str) -> None:
    for words_shown, expected in (
        (words.numbered_step(median, LADDER, ENGLISH), english),
        (words.numbered_step(median, LADDER, SPANISH), spanish),
    ):
        assert words_shown.replace("\N{NO-BREAK SPACE}", " ") == expected
        assert " ·" not in words_shown
        assert "· " not in words_shown, "no line ends between a number and its name"
