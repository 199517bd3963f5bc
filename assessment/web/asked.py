"""What a round may ask and what it asks, in words for whoever manages it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.domain.questionnaire import NotAskedTogether, Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import N_, Localisation
from assessment.services.answering_time import minutes_to_answer
from assessment.services.outlook import Outlook
from assessment.services.questionnaires import clashes, find_pinned_questionnaire
from assessment.services.rounds import Round
from assessment.web.transactions import session
from reports.sections.block import asked_words, section_name

BOTH_ASK = {
    "pillars": N_(
        "“%(first)s” and “%(second)s” cannot be asked in the same round: both ask about the pillars. "
        "Choose one of them."
    ),
    "ladder": N_(
        "“%(first)s” and “%(second)s” cannot be asked in the same round: both ask about the moments on the ladder. "
        "Choose one of them."
    ),
    "focus": N_(
        "“%(first)s” and “%(second)s” cannot be asked in the same round: both ask what matters most now. "
        "Choose one of them."
    ),
}
BOTH_HAVE = N_(
    "“%(first)s” and “%(second)s” cannot be asked in the same round: both have a part called “%(shared)s”. "
    "Choose one of them."
)


@dataclass(frozen=True, slots=True)
class AskedWords:
    """A questionnaire in words: its title, what it asks part by part, how long that takes, what it does not go with."""

    id: str
    title: str
    asks: str
    minutes: str
    apart_from: str = ""


@dataclass(frozen=True, slots=True)
class AskedInRound:
    """What a round asks, questionnaire by questionnaire, and how long all of it takes; empty for answers of a file."""

    titles: str
    minutes: str
    parts: tuple[AskedWords, ...]


def asked_in(round_: Round, reader: Localisation) -> AskedInRound | None:
    """`None` where the text that the round asked is not known any more."""
    asked = find_pinned_questionnaire(session(), round_)
    if asked is None:
        return None
    points, mode = len(round_.points), round_.mode
    parts = tuple(words_of(one, points, mode, reader) for one in asked.together)
    return AskedInRound(
        titles=reader.list_of(part.title for part in parts),
        minutes="" if mode is RoundMode.IMPORTED else minutes_words(asked, points, mode, reader),
        parts=parts,
    )


def unshown_words(outlook: Outlook | None, points: int, reader: Localisation) -> list[str]:
    """Each part of which nothing will be shown, with how many answers it takes."""
    return [
        reader.gettext(
            "%(part)s: needs %(needed)s answers",
            part=section_name(one.section, points, reader),
            needed=reader.number(one.needed),
        )
        for one in (outlook.unshown if outlook else ())
    ]


def words_of(questionnaire: Questionnaire, points: int, mode: RoundMode, reader: Localisation) -> AskedWords:
    """For a team with so many perception points."""
    return AskedWords(
        id=questionnaire.id,
        title=reader.text(questionnaire.title),
        asks=" · ".join(asked_words(questionnaire, points, reader)),
        minutes=minutes_words(questionnaire, points, mode, reader),
    )


def words_of_offered(
    offered: Sequence[Questionnaire], points: int, mode: RoundMode, reader: Localisation
) -> list[AskedWords]:
    """The questionnaires to choose from; of those that may be asked with some of the others, also with which not."""
    titles = {one.id: reader.text(one.title) for one in offered}
    apart: dict[str, list[str]] = {one.id: [] for one in offered}
    for clash in clashes(offered):
        apart[clash.first].append(titles[clash.second])
        apart[clash.second].append(titles[clash.first])
    words = []
    for one in offered:
        found = words_of(one, points, mode, reader)
        if apart[one.id] and may_combine(offered):
            others = reader.list_of(reader.gettext("“%(name)s”", name=title) for title in apart[one.id])
            apart_from = reader.gettext("Not in the same round as %(others)s.", others=others)
            found = AskedWords(found.id, found.title, found.asks, found.minutes, apart_from)
        words.append(found)
    return words


def may_combine(offered: Sequence[Questionnaire]) -> bool:
    """Whether at least two of them may be asked in the same round."""
    pairs = len(offered) * (len(offered) - 1) // 2
    return len(clashes(offered)) < pairs


def minutes_words(questionnaire: Questionnaire, points: int, mode: RoundMode, reader: Localisation) -> str:
    """How long answering takes: each person, or the team together."""
    minutes = minutes_to_answer(questionnaire, points, mode)
    if mode is RoundMode.CONSENSUS:
        return reader.ngettext("about %(n)s minute together", "about %(n)s minutes together", minutes)
    return reader.ngettext("about %(n)s minute each", "about %(n)s minutes each", minutes)


def not_together(clash: NotAskedTogether, offered: Sequence[Questionnaire], reader: Localisation) -> str:
    """Why two of the questionnaires cannot be asked in one round, and what to do."""
    by_id = {one.id: one for one in offered}
    return reader.gettext(
        BOTH_ASK.get(clash.shared, BOTH_HAVE),
        first=reader.text(by_id[clash.first].title),
        second=reader.text(by_id[clash.second].title),
        shared=_part(by_id[clash.first], clash.shared, reader),
    )


def _part(questionnaire: Questionnaire, id_: str, reader: Localisation) -> str:
    """The title of a section, or the id by which the questionnaire's author knows the part."""
    title = next((section.title for section in questionnaire.sections if section.id == id_), None)
    return reader.text(title) if title else id_
