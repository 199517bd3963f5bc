"""The content that travels with the product: complete, and of the promised shape."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assessment.catalogue.catalogue import (
    UnknownQuestionnaire,
    load_action_library,
    load_questionnaire,
    load_team_kinds,
    questionnaire_ids,
)
from assessment.catalogue.loader import read_content
from assessment.domain.questionnaire import Phase
from tests.catalogue.content import PHASES, all_actions, conversations, moves, pillar_actions
from tests.conftest import ROOT

FILES = sorted((ROOT / "questionnaires").rglob("*.yaml"))

# The names and ids of the domain page: data files, CSV columns, JSON and URLs use them.
PILLARS = {
    "language": ("Lenguaje común del servicio", "Common service language"),
    "vision": ("Visión comprometida del servicio", "Engaging service vision"),
    "recruitment": ("Reclutamiento para el servicio", "Service recruitment"),
    "orientation": ("Inducción y orientación al servicio", "Service orientation"),
    "communication": ("Comunicación del servicio", "Service communication"),
    "recognition": ("Reconocimiento y recompensas", "Recognition and rewards"),
    "voice": ("Voz del cliente", "Voice of the customer"),
    "measures": ("Medidas y métricas del servicio", "Service measures and metrics"),
    "improvement": ("Proceso de mejoramiento del servicio", "Service improvement process"),
    "recovery": ("Recuperación y garantías del servicio", "Service recovery and guarantees"),
    "benchmarking": ("Benchmarking del servicio", "Service benchmarking"),
    "role-modelling": ("Ser modelo a seguir del servicio", "Service role modelling"),
}
STEPS = {
    "criminal": ("Criminal", "Criminal"),
    "basic": ("Básico", "Basic"),
    "expected": ("Esperado", "Expected"),
    "desired": ("Deseado", "Desired"),
    "surprising": ("Sorprendente", "Surprising"),
    "unbelievable": ("Increíble", "Unbelievable"),
}
KINDS = [
    "service-desk", "shop", "restaurant", "clinic", "hotel", "field-service", "professional-services", "public-office",
    "other",
]  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_content_file_is_valid(path: Path) -> None:
    _, raw = read_content(path)
    assert raw == path.read_bytes()


def test_there_are_two_questionnaires_and_no_other_file_passes_for_one() -> None:
    assert questionnaire_ids() == ["service-culture", "service-culture-rubrics"]


@pytest.mark.parametrize("id_", ["service-culture", "service-culture-rubrics"])
def test_a_questionnaire_has_the_twelve_pillars_of_the_domain_in_their_order(id_: str) -> None:
    pillars = load_questionnaire(id_).pillars
    assert {pillar.id: (pillar.name.es, pillar.name.en) for pillar in pillars} == PILLARS
    assert [pillar.id for pillar in pillars] == list(PILLARS)


@pytest.mark.parametrize("id_", ["service-culture", "service-culture-rubrics"])
def test_the_ladder_has_the_six_steps_of_the_domain_worst_first(id_: str) -> None:
    steps = load_questionnaire(id_).ladder.steps
    assert [(step.id, (step.name.es, step.name.en)) for step in steps] == list(STEPS.items())
    assert [step.value for step in steps] == [1, 2, 3, 4, 5, 6]


def test_the_lowest_step_is_named_so_that_nobody_feels_accused_of_a_crime() -> None:
    label = load_questionnaire().ladder.steps[0].label
    assert (label.es, label.en) == ("Criminal: promesa rota", "Criminal: broken promise")


def test_every_pillar_has_four_statements_named_after_it() -> None:
    for pillar in load_questionnaire("service-culture").pillars:
        assert [item.id for item in pillar.items] == [f"{pillar.id}-{number}" for number in range(1, 5)]
        assert not any(item.levels for item in pillar.items)


def test_every_pillar_has_one_rubric_that_describes_five_levels() -> None:
    for pillar in load_questionnaire("service-culture-rubrics").pillars:
        assert [item.id for item in pillar.items] == [f"{pillar.id}-rubric"]
        assert len(pillar.items[0].levels) == 5


def test_the_scale_of_the_statements_is_the_promised_one() -> None:
    scale = load_questionnaire("service-culture").scale
    assert [point.label.es for point in scale.points] == ["Nunca", "Casi nunca", "A veces", "Casi siempre", "Siempre"]
    assert [point.label.en for point in scale.points] == [
        "Never", "Hardly ever", "Sometimes", "Almost always", "Always",
    ]  # fmt: skip
    assert (scale.dont_know.es, scale.dont_know.en) == ("No sé / no aplica", "Don't know / doesn't apply")


def test_both_questionnaires_share_all_but_title_introduction_scale_and_items() -> None:
    statements, rubrics = load_questionnaire("service-culture"), load_questionnaire("service-culture-rubrics")
    assert statements.ladder == rubrics.ladder
    assert statements.focus == rubrics.focus
    assert statements.comment == rubrics.comment
    for one, other in zip(statements.pillars, rubrics.pillars, strict=True):
        assert (one.id, one.name, one.short_name, one.summary) == (
            other.id,
            other.name,
            other.short_name,
            other.summary,
        )


def test_a_person_chooses_up_to_three_pillars() -> None:
    assert load_questionnaire().focus.at_most == 3


def test_the_checksum_is_that_of_the_file() -> None:
    for id_ in questionnaire_ids():
        raw = (ROOT / "questionnaires" / id_ / "v1.yaml").read_bytes()
        assert load_questionnaire(id_).checksum == f"sha256:{hashlib.sha256(raw).hexdigest()}"


def test_an_unknown_questionnaire_or_version_names_those_that_exist() -> None:
    with pytest.raises(UnknownQuestionnaire) as caught:
        load_questionnaire("nothing")
    assert caught.value.known == ("service-culture", "service-culture-rubrics")
    with pytest.raises(UnknownQuestionnaire):
        load_questionnaire("service-culture", version=99)


@pytest.mark.parametrize("id_", ["actions", "team-kinds", "..", "service-culture/../service-culture"])
def test_a_folder_is_no_questionnaire(id_: str) -> None:
    with pytest.raises(UnknownQuestionnaire):
        load_questionnaire(id_)


def test_there_is_every_kind_of_team_each_with_a_beginning_a_middle_and_an_end() -> None:
    kinds = load_team_kinds()
    assert [kind.id for kind in kinds] == KINDS
    for kind in kinds:
        phases = [point.phase for point in kind.points]
        assert set(phases) == set(PHASES)
        assert phases == sorted(phases, key=PHASES.index)


def test_the_service_desk_has_the_sequence_of_the_domain() -> None:
    desk = load_team_kinds()[0]
    assert [point.id for point in desk.points] == [
        "contact",
        "logging",
        "diagnosis",
        "resolution",
        "updates",
        "closing",
    ]


def test_a_point_of_two_kinds_has_one_name_and_a_name_is_given_once_in_a_kind() -> None:
    names: dict[str, tuple[str, str]] = {}
    for kind in load_team_kinds():
        for point in kind.points:
            assert names.setdefault(point.id, (point.name.es, point.name.en)) == (point.name.es, point.name.en)
        for language in ("es", "en"):
            in_kind = [point.name.in_language(language) for point in kind.points]
            assert len(set(in_kind)) == len(in_kind)


def test_there_are_at_least_72_actions_two_for_each_pillar_and_band() -> None:
    library = load_action_library()
    assert set(library.pillars) == set(PILLARS)
    assert len(pillar_actions()) >= 72
    for pillar in PILLARS:
        low, high = list(library.for_pillar(pillar, 1)), list(library.for_pillar(pillar, 4))
        assert low == list(library.for_pillar(pillar, 2))
        assert high == list(library.for_pillar(pillar, 5))
        assert min(len(low), len(library.for_pillar(pillar, 3)), len(high)) >= 2


def test_every_pillar_has_one_conversation_of_its_own() -> None:
    assert len({talk.id for talk in conversations()}) == 12


@pytest.mark.parametrize("step", range(1, 7))
@pytest.mark.parametrize("phase", PHASES)
def test_every_step_has_a_move_in_every_phase(step: int, phase: Phase) -> None:
    assert load_action_library().moves_from(step, phase)


def test_no_action_has_the_id_of_another() -> None:
    ids = [action.id for action in all_actions()]
    assert len(ids) == len(set(ids)) == len(pillar_actions()) + 12 + len(moves())


def test_an_action_can_be_done_within_the_ninety_days_of_a_plan() -> None:
    assert all(7 <= action.due_days <= 90 for action in all_actions())


def test_the_library_knows_no_pillar_but_the_twelve() -> None:
    library = load_action_library()
    assert list(library.pillars) == sorted(PILLARS)
    assert (library.for_pillar("nothing", 1), library.conversation("nothing")) == ((), None)
