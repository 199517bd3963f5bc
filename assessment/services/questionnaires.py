"""What a round asks: texts that are stored when it pins them, and read back for as long as the round is there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import checksum_of, load_questionnaire_text, parse_questionnaire
from assessment.domain.questionnaire import Questionnaire, ask_together
from assessment.store.answering import AskedRound, Queryable
from assessment.store.questionnaires import (
    QuestionnaireVersion,
    RoundQuestionnaire,
    find_own_version,
    read_versions,
    store_version,
)
from assessment.store.rounds import Round

MOST_PARSED = 64
"""How many different sets of texts a process remembers once it has parsed them."""


class QuestionnaireChanged(Exception):
    """The text that the round pinned at opening is not known any more: nothing is scored with another."""


_parsed: dict[tuple[uuid.UUID, ...], Questionnaire] = {}
"""By the ids of the versions: their rows never change."""


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


def pin_questionnaires(session: Session, asked: Round, ids: Sequence[str]) -> None:
    """Lets a round ask the newest version of each questionnaire: the organisation's own, else the one of this id that
    the product ships.

    Raises `UnknownQuestionnaire`, `NotAskedTogether` or `QuestionnaireChanged`.
    """
    versions = [_newest(session, asked.organisation_id, id_) for id_ in ids]
    by_id = {version.questionnaire_id: version for version in versions}
    together = ask_together([_parse(session, version.id) for version in versions]).together
    pinned = [by_id[one.id] for one in together]
    if asked.questionnaire_version_ids == tuple(version.id for version in pinned):
        return
    if asked.questionnaires:
        asked.questionnaires = []
        session.flush()
    asked.questionnaires = [
        RoundQuestionnaire(position=position, version=version, questionnaire_version_id=version.id)
        for position, version in enumerate(pinned)
    ]


def pinned_questionnaire(source: Queryable, found: Round | AskedRound) -> Questionnaire:
    """What the round asks, from the very texts that it pinned. Raises `QuestionnaireChanged`."""
    return _parse(source, *found.questionnaire_version_ids)


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


@lru_cache(MOST_PARSED)
def _parse_text(text: str) -> Questionnaire:
    """Several versions may have the same text: a copy of one that the product ships, or that of another database."""
    return parse_questionnaire(text.encode(), "questionnaire")


def _parse(source: Queryable, *ids: uuid.UUID) -> Questionnaire:
    """Every answer asks for it, so it is parsed once a process."""
    if found := _parsed.get(ids):
        return found
    texts = read_versions(source, ids)
    questionnaires = []
    for id_, text in texts:
        if text is None:
            raise QuestionnaireChanged(id_)
        questionnaires.append(_parse_text(text))
    asked = ask_together(questionnaires) if len(questionnaires) > 1 else questionnaires[0]
    if len(_parsed) >= MOST_PARSED:
        _parsed.clear()
    _parsed[ids] = asked
    return asked
