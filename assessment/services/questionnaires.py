"""What a round asks: texts that are stored when it pins them, and read back for as long as the round is there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import (
    DEFAULT_QUESTIONNAIRE,
    checksum_of,
    load_questionnaire,
    load_questionnaire_text,
    parse_questionnaire,
    questionnaire_ids,
)
from assessment.domain.questionnaire import NotAskedTogether, Questionnaire, ask_together
from assessment.store.answering import AskedRound
from assessment.store.organisations import Organisation
from assessment.store.prepared import Queryable
from assessment.store.questionnaires import (
    QuestionnaireVersion,
    RoundQuestionnaire,
    find_own_version,
    newest_own_versions,
    read_versions,
    store_version,
)
from assessment.store.rounds import Round, ids_asked_of_team
from assessment.store.teams import Team

MOST_PARSED = 64
"""How many different sets of texts a process remembers once it has parsed them."""


class QuestionnaireChanged(Exception):
    """The text that the round pinned at opening is not known any more, and no other may take its place."""


_parsed: dict[tuple[uuid.UUID, ...], Questionnaire] = {}
"""By the ids of the versions: their rows never change."""
_parsed_texts: dict[str, Questionnaire] = {}


def store_questionnaire(session: Session, *, organisation_id: uuid.UUID, text: bytes) -> QuestionnaireVersion:
    """Stores a version of an organisation's own questionnaire, which its rounds may ask by its id.

    Raises `InvalidContent`.
    """
    questionnaire = parse_questionnaire(text, "questionnaire")
    return store_version(
        session,
        organisation_id=organisation_id,
        questionnaire_id=questionnaire.id,
        version=questionnaire.version,
        checksum=checksum_of(text),
        content=text.decode(),
    )


def pin_questionnaires(session: Session, round_: Round, ids: Sequence[str]) -> None:
    """Lets a round ask the newest version of each questionnaire: the organisation's own, else the one of this id that
    the product ships.

    Raises `UnknownQuestionnaire`, `NotAskedTogether` or `QuestionnaireChanged`.
    """
    pinned = newest_to_ask(session, organisation_id=round_.organisation_id, ids=ids).versions
    if round_.questionnaire_version_ids == tuple(version.id for version in pinned):
        return
    if round_.questionnaires:
        round_.questionnaires = []
        session.flush()
    ask_versions(round_, pinned)


@dataclass(frozen=True, slots=True)
class ToAsk:
    """Versions in the order in which they are asked, and what they are together."""

    versions: tuple[QuestionnaireVersion, ...]
    questionnaire: Questionnaire


def newest_to_ask(session: Session, *, organisation_id: uuid.UUID, ids: Sequence[str]) -> ToAsk:
    """The newest version of each questionnaire, the organisation's own where it has one.

    Raises `UnknownQuestionnaire`, `NotAskedTogether` or `QuestionnaireChanged`.
    """
    versions = [_newest(session, organisation_id, id_) for id_ in ids]
    by_id = {version.questionnaire_id: version for version in versions}
    together = ask_together([_parse(session, version.id) for version in versions]).together
    pinned = tuple(by_id[questionnaire.id] for questionnaire in together)
    return ToAsk(pinned, _parse(session, *(version.id for version in pinned)))


def ask_versions(round_: Round, versions: Sequence[QuestionnaireVersion]) -> None:
    """Lets a round that asks nothing yet ask these."""
    round_.questionnaires = [
        RoundQuestionnaire(position=position, version=version, questionnaire_version_id=version.id)
        for position, version in enumerate(versions)
    ]


def offered_questionnaires(session: Session, *, organisation_id: uuid.UUID | None) -> tuple[Questionnaire, ...]:
    """The newest version of each questionnaire that a round may ask: the default first, the organisation's own last;
    for `None`, what every organisation may ask."""
    versions = newest_own_versions(session, organisation_id) if organisation_id is not None else ()
    own = {version.questionnaire_id: _parse(session, version.id) for version in versions}
    shipped = {id_: load_questionnaire(id_) for id_ in questionnaire_ids() if id_ not in own}
    return tuple(
        sorted((*shipped.values(), *own.values()), key=lambda one: (one.id != DEFAULT_QUESTIONNAIRE, one.id in own))
    )


def usual_questionnaires(
    session: Session, *, team: Team, offered: Sequence[Questionnaire]
) -> tuple[Questionnaire, ...]:
    """Those of the offered that the team's next round asks unless somebody chooses others: what its last round asked,
    so that the two are compared; else what its organisation begins with."""
    by_id = {one.id: one for one in offered}
    last = next(iter(ids_asked_of_team(session, team.organisation_id, team.id)), ())
    usual = tuple(by_id[id_] for id_ in last if id_ in by_id)
    if usual and len(usual) == len(last) and not clashes(usual):
        return usual
    return first_questionnaires(session.get_one(Organisation, team.organisation_id), offered)


def first_questionnaires(organisation: Organisation, offered: Sequence[Questionnaire]) -> tuple[Questionnaire, ...]:
    """Those of the offered that the first round of a team asks, as the organisation has set it; the default where it
    has not, or where they are no longer all offered, or not together."""
    by_id = {one.id: one for one in offered}
    chosen = tuple(by_id[id_] for id_ in organisation.questionnaires if id_ in by_id)
    if chosen and len(chosen) == len(organisation.questionnaires) and not clashes(chosen):
        return chosen
    return (by_id.get(DEFAULT_QUESTIONNAIRE, offered[0]),)


def used_questionnaires(session: Session, *, team: Team) -> tuple[Questionnaire, ...]:
    """What the team's next round asks unless somebody chooses otherwise, then whatever else its rounds have asked,
    each in its newest version."""
    offered = offered_questionnaires(session, organisation_id=team.organisation_id)
    usual = usual_questionnaires(session, team=team, offered=offered)
    asked = {id_ for ids in ids_asked_of_team(session, team.organisation_id, team.id) for id_ in ids}
    return (*usual, *(one for one in offered if one.id in asked and one not in usual))


def clashes(questionnaires: Sequence[Questionnaire]) -> tuple[NotAskedTogether, ...]:
    """Every two of them that a round cannot ask together, and what they share."""
    clashing = []
    for at, first in enumerate(questionnaires):
        for second in questionnaires[at + 1 :]:
            try:
                ask_together([first, second])
            except NotAskedTogether as clash:
                clashing.append(clash)
    return tuple(clashing)


def pinned_questionnaire(source: Queryable, round_: Round | AskedRound) -> Questionnaire:
    """What the round asks, from the very texts that it pinned. Raises `QuestionnaireChanged`."""
    return _parse(source, *round_.questionnaire_version_ids)


def find_pinned_questionnaire(source: Queryable, round_: Round | AskedRound) -> Questionnaire | None:
    """What the round asks; `None` where its text is not known any more."""
    try:
        return pinned_questionnaire(source, round_)
    except QuestionnaireChanged:
        return None


def find_stored_questionnaire(source: Queryable, version_id: uuid.UUID) -> Questionnaire | None:
    """A stored version by itself; `None` where its text is not known any more."""
    try:
        return _parse(source, version_id)
    except QuestionnaireChanged:
        return None


def _newest(session: Session, organisation_id: uuid.UUID, id_: str) -> QuestionnaireVersion:
    if own := find_own_version(session, organisation_id, id_):
        return own
    questionnaire, text = load_questionnaire_text(id_)
    return store_version(
        session,
        organisation_id=None,
        questionnaire_id=questionnaire.id,
        version=questionnaire.version,
        checksum=questionnaire.checksum,
        content=text,
    )


def remember_parsed(parsed: Mapping[str, Questionnaire]) -> None:
    """What texts say that another process has parsed: here it would keep a transaction waiting."""
    if len(_parsed_texts) + len(parsed) > MOST_PARSED:
        _parsed_texts.clear()
    _parsed_texts.update(parsed)


def _parse_text(text: str) -> Questionnaire:
    """Several versions may have the same text: a copy of one that the product ships, or that of another database."""
    if (parsed := _parsed_texts.get(text)) is None:
        parsed = parse_questionnaire(text.encode(), "questionnaire")
        remember_parsed({text: parsed})
    return parsed


def _parse(source: Queryable, *ids: uuid.UUID) -> Questionnaire:
    """Every answer asks for it, so it is parsed once a process."""
    if parsed := _parsed.get(ids):
        return parsed
    texts = read_versions(source, ids)
    questionnaires = []
    for id_, text in texts:
        if text is None:
            raise QuestionnaireChanged(id_)
        questionnaires.append(_parse_text(text))
    questionnaire = ask_together(questionnaires) if len(questionnaires) > 1 else questionnaires[0]
    if len(_parsed) >= MOST_PARSED:
        _parsed.clear()
    _parsed[ids] = questionnaire
    return questionnaire
