"""The catalogue: the questionnaires, team kinds and actions that are part of the product."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from assessment.catalogue import schema
from assessment.catalogue.fields import Content
from assessment.catalogue.format_1 import QuestionnaireContent1
from assessment.catalogue.loader import InvalidContent, parse_content, read_content, require_plain
from assessment.catalogue.questionnaire import QuestionnaireContent
from assessment.domain.actions import Action, ActionLibrary, LadderMoves, PillarActions
from assessment.domain.facilitation import Agenda, AgendaStep, Difficulty, Facilitation
from assessment.domain.privacy_notice import PrivacyLaw
from assessment.domain.questionnaire import PerceptionPoint, Phase, Questionnaire, TeamKind, ask_together
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
    other = {"actions", "facilitation", "team-kinds", "privacy-notices", "schema"}
    return sorted(folder.name for folder in _folder().iterdir() if folder.name not in other and _versions(folder))


def load_questionnaire(id_: str = DEFAULT_QUESTIONNAIRE, version: int | None = None) -> Questionnaire:
    """A published version of a questionnaire, the newest by default.

    Raises `UnknownQuestionnaire`, or `InvalidContent` where the file is not valid.
    """
    versions = _versions(_folder() / id_) if id_ in questionnaire_ids() else {}
    path = versions.get(version or max(versions, default=0))
    if path is None:
        raise UnknownQuestionnaire(id_, questionnaire_ids())
    return read_questionnaire(path)


def load_asked(names: Sequence[str]) -> Questionnaire:
    """What is asked together: questionnaires by their ids, or by the names of files that end in `.yaml`.

    Raises `UnknownQuestionnaire`, `InvalidContent` or `NotAskedTogether`.
    """
    return ask_together([_named(name) for name in names or (DEFAULT_QUESTIONNAIRE,)])


def _named(name: str) -> Questionnaire:
    return read_questionnaire(Path(name)) if name.endswith(".yaml") else load_questionnaire(name)


def load_questionnaire_text(id_: str) -> tuple[Questionnaire, str]:
    """The newest version of a questionnaire, and the text it is read from. Raises what `load_questionnaire` raises."""
    questionnaire = load_questionnaire(id_)
    path = _versions(_folder() / id_)[questionnaire.version]
    return questionnaire, path.read_bytes().decode()


def checksum_of(raw: bytes) -> str:
    """What a round pins a questionnaire by."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


@cache
def read_questionnaire(path: Path) -> Questionnaire:
    """A questionnaire from its file. Raises `InvalidContent`."""
    return _built(*read_content(path), str(path))


def parse_questionnaire(raw: bytes, name: str) -> Questionnaire:
    """A questionnaire from its text, of today's format or an earlier one; `name` is what problems call it.

    Raises `InvalidContent`.
    """
    return _built(parse_content(raw, name), raw, name)


def parse_plain_questionnaire(raw: bytes, name: str) -> Questionnaire:
    """The same for a text that a stranger may have written: one with references of YAML, which a few lines can multiply
    beyond measure, is refused before it is read. Raises `InvalidContent`."""
    require_plain(raw, name)
    try:
        return parse_questionnaire(raw, name)
    except TypeError:  # another kind of content
        raise InvalidContent([]) from None


def _built(content: Content, raw: bytes, name: str) -> Questionnaire:
    if not isinstance(content, QuestionnaireContent | QuestionnaireContent1):
        raise TypeError(f"{name} holds {type(content).__name__}")
    return content.build(checksum_of(raw))


@cache
def load_team_kinds() -> tuple[TeamKind, ...]:
    """The kinds of team with their sequences of perception points. Raises `InvalidContent`."""
    versions = _versions(_folder() / "team-kinds")
    content, _ = read_content(versions[max(versions)])
    if not isinstance(content, schema.TeamKindsContent):
        raise TypeError(f"team-kinds holds {type(content).__name__}")
    return tuple(
        TeamKind(kind.id, kind.name.text(), tuple(_point(point) for point in kind.points)) for kind in content.kinds
    )


@cache
def load_privacy_laws() -> tuple[PrivacyLaw, ...]:
    """The templates of privacy notices; the last is for countries that no other is for. Raises `InvalidContent`."""
    versions = _versions(_folder() / "privacy-notices")
    content, _ = read_content(versions[max(versions)])
    if not isinstance(content, schema.PrivacyNoticesContent):
        raise TypeError(f"privacy-notices holds {type(content).__name__}")
    return tuple(
        PrivacyLaw(
            id=law.id,
            name=law.name.text(),
            countries=tuple(law.countries),
            basis=law.basis.text(),
            rights=tuple(right.text() for right in law.rights),
            how=law.how.text(),
            authority=law.authority.text(),
            to_check=tuple(point.text() for point in law.to_check),
        )
        for law in content.laws
    )


@cache
def load_facilitation() -> Facilitation:
    """What whoever leads a workshop is told. Raises `InvalidContent`."""
    versions = _versions(_folder() / "facilitation")
    content, _ = read_content(versions[max(versions)])
    if not isinstance(content, schema.FacilitationContent):
        raise TypeError(f"facilitation holds {type(content).__name__}")
    return Facilitation(
        aim=content.aim.text(),
        agendas=tuple(
            Agenda(
                agenda.id,
                agenda.name.text(),
                agenda.minutes,
                agenda.about.text(),
                agenda.answers,
                tuple(
                    AgendaStep(step.minutes, step.title.text(), step.do.text(), step.say.text() if step.say else None)
                    for step in agenda.steps
                ),
            )
            for agenda in content.agendas
        ),
        difficulties=tuple(
            Difficulty(one.when.text(), one.do.text(), one.say.text() if one.say else None)
            for one in content.difficulties
        ),
        materials=tuple(one.text() for one in content.materials),
        room=tuple(one.text() for one in content.room),
        network=tuple(one.text() for one in content.network),
        votes=tuple(one.text() for one in content.votes),
        closing=tuple(one.text() for one in content.closing),
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


def _action(entry: schema.ActionContent) -> Action:
    return Action(
        id=entry.id,
        title=entry.title.text(),
        what=entry.what.text(),
        why=entry.why.text(),
        first_step=entry.first_step.text(),
        owner=entry.owner.text(),
        measure=entry.measure.text(),
        effort=entry.effort,
        due_days=entry.due_days,
    )


def _point(point: schema.PointContent) -> PerceptionPoint:
    return PerceptionPoint(point.id, point.phase, point.name.text(), point.described.text())
