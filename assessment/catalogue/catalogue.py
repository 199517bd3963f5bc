"""The catalogue: the questionnaires, team kinds and actions that travel with the product."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from assessment.catalogue import schema
from assessment.catalogue.loader import read_content
from assessment.domain.actions import Action, ActionLibrary, LadderMoves, PillarActions
from assessment.domain.questionnaire import (
    Comment,
    Focus,
    Item,
    Ladder,
    PerceptionPoint,
    Phase,
    Pillar,
    Questionnaire,
    Scale,
    ScalePoint,
    Step,
    TeamKind,
    Text,
)
from assessment.infra.resources import data_folder

DEFAULT_QUESTIONNAIRE = "service-culture"
_VERSION = re.compile(r"^v([1-9]\d*)\.yaml$")


class UnknownQuestionnaire(LookupError):
    """No questionnaire has this id; `known` lists those that exist."""

    def __init__(self, id_: str, known: Sequence[str]) -> None:
        super().__init__(id_)
        self.id = id_
        self.known = tuple(known)


def _folder() -> Path:
    return data_folder("questionnaires")


def _versions(folder: Path) -> dict[int, Path]:
    return {int(match.group(1)): path for path in folder.glob("v*.yaml") if (match := _VERSION.match(path.name))}


def questionnaire_ids() -> list[str]:
    """The ids of all questionnaires, sorted."""
    other = {"actions", "team-kinds", "schema"}
    return sorted(folder.name for folder in _folder().iterdir() if folder.name not in other and _versions(folder))


def load_questionnaire(id_: str = DEFAULT_QUESTIONNAIRE, version: int | None = None) -> Questionnaire:
    """A published version of a questionnaire, the newest by default.

    Raises `UnknownQuestionnaire`, or `InvalidContent` where the file does not hold.
    """
    versions = _versions(_folder() / id_) if id_ in questionnaire_ids() else {}
    path = versions.get(version or max(versions, default=0))
    if path is None:
        raise UnknownQuestionnaire(id_, questionnaire_ids())
    return read_questionnaire(path)


@cache
def read_questionnaire(path: Path) -> Questionnaire:
    """A questionnaire from its file. Raises `InvalidContent`."""
    content, raw = read_content(path)
    if not isinstance(content, schema.QuestionnaireContent):
        raise TypeError(f"{path} holds {type(content).__name__}")
    return _questionnaire(content, f"sha256:{hashlib.sha256(raw).hexdigest()}")


@cache
def load_team_kinds() -> tuple[TeamKind, ...]:
    """The kinds of team with their sequences of perception points. Raises `InvalidContent`."""
    versions = _versions(_folder() / "team-kinds")
    content, _ = read_content(versions[max(versions)])
    if not isinstance(content, schema.TeamKindsContent):
        raise TypeError(f"team-kinds holds {type(content).__name__}")
    return tuple(
        TeamKind(kind.id, _text(kind.name), tuple(_point(point) for point in kind.points)) for kind in content.kinds
    )


def load_action_library() -> ActionLibrary:
    """The action library; a pillar's file is read when it is first asked for. Raises `InvalidContent` then."""
    return ActionLibrary(_LazyPillars(), _load_moves())


class _LazyPillars(Mapping[str, PillarActions]):
    """Pillar id → its actions. A plan needs two or three of twelve files."""

    def __getitem__(self, pillar: str) -> PillarActions:
        return _load_pillar_actions(pillar)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in (_folder() / "actions").glob("*.yaml") if path.stem != "ladder"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def _load_pillar_actions(pillar: str) -> PillarActions:
    path = _folder() / "actions" / f"{pillar}.yaml"
    if not path.is_file():
        raise KeyError(pillar)
    content, _ = read_content(path)
    if not isinstance(content, schema.PillarActionsContent):
        raise TypeError(f"{path} holds {type(content).__name__}")
    by_level: dict[int, list[Action]] = {level: [] for level in range(1, 6)}
    for entry in content.actions:
        for level in entry.levels:
            by_level[level].append(_action(entry))
    return PillarActions(content.pillar, _action(content.conversation), by_level)


@cache
def _load_moves() -> LadderMoves:
    content, _ = read_content(_folder() / "actions" / "ladder.yaml")
    if not isinstance(content, schema.LadderMovesContent):
        raise TypeError(f"ladder.yaml holds {type(content).__name__}")
    moves: dict[tuple[int, Phase], list[Action]] = {}
    for entry in content.moves:
        moves.setdefault((entry.from_, entry.phase), []).append(_action(entry))
    return LadderMoves(moves)


def _text(both: schema.Both) -> Text:
    return Text(es=both.es, en=both.en)


def _action(entry: schema.ActionContent) -> Action:
    return Action(
        id=entry.id,
        title=_text(entry.title),
        what=_text(entry.what),
        why=_text(entry.why),
        first_step=_text(entry.first_step),
        owner=_text(entry.owner),
        measure=_text(entry.measure),
        effort=entry.effort,
        due_days=entry.due_days,
    )


def _point(point: schema.PointContent) -> PerceptionPoint:
    return PerceptionPoint(point.id, point.phase, _text(point.name), _text(point.described))


def _questionnaire(content: schema.QuestionnaireContent, checksum: str) -> Questionnaire:
    return Questionnaire(
        id=content.id,
        version=content.version,
        checksum=checksum,
        title=_text(content.title),
        introduction=_text(content.introduction),
        scale=Scale(
            question=_text(content.scale.question),
            points=tuple(ScalePoint(point.value, _text(point.label)) for point in content.scale.points),
            dont_know=_text(content.scale.dont_know),
        ),
        pillars=tuple(_pillar(pillar) for pillar in content.pillars),
        ladder=Ladder(
            question=_text(content.ladder.question),
            point_gloss=_text(content.ladder.point_gloss),
            steps=tuple(
                Step(step.value, step.id, _text(step.name), _text(step.label), _text(step.lived))
                for step in content.ladder.levels
            ),
        ),
        focus=Focus(_text(content.focus.question), content.focus.at_most),
        comment=Comment(_text(content.comment.question), _text(content.comment.warning)),
    )


def _pillar(pillar: schema.PillarContent) -> Pillar:
    return Pillar(
        id=pillar.id,
        name=_text(pillar.name),
        short_name=_text(pillar.short_name),
        summary=_text(pillar.summary),
        items=tuple(
            Item(item.id, _text(item.text), tuple(_text(level.text) for level in item.levels)) for item in pillar.items
        ),
    )
