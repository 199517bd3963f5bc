"""Writes an organisation as one file that can be brought elsewhere: the same bytes for the same work.

Results leave released, as people may read them: whoever opens the file learns no more than from the pages. What people
answered and wrote goes along only where it is asked for (`with_answers`), which is for the command line alone.
Rows are ordered by what they say, never by ids; answers by their own words, so that their order says nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.privacy import release
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundMode
from assessment.infra.archives import ArchiveWriter, canonical
from assessment.infra.pictures import as_png, pixels_of
from assessment.services.engagement_format import (
    ANSWERS,
    CONSULTANCY_LOGO,
    FORMAT,
    LOGO,
    MOST_HISTORY,
    ORGANISATION,
    PICTURES,
    QUESTIONNAIRE,
    TEAM,
    VERSION,
    plain_row,
    plain_value,
)
from assessment.services.questionnaires import first_questionnaires, offered_questionnaires, pinned_questionnaire
from assessment.services.snapshots import result_from_snapshot, result_to_snapshot
from assessment.store.action_outcomes import ActionOutcome
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.comments import Comment
from assessment.store.consultancies import OrganisationConsultancy, find_of_organisation
from assessment.store.database import Database
from assessment.store.engagements import add_edition, count_plans, engagement_key, fingerprints_of
from assessment.store.logos import find_logo
from assessment.store.organisations import Organisation
from assessment.store.plan_actions import ActionEvent, CarriedAction, PlanAction
from assessment.store.plan_meetings import PlanMeeting
from assessment.store.plans import Plan
from assessment.store.questionnaires import QuestionnaireVersion, RoundQuestionnaire
from assessment.store.repetitions import RepeatedRound, Repetition
from assessment.store.responses import Response, count_by_round
from assessment.store.round_events import RoundEvent
from assessment.store.rounds import Round
from assessment.store.team_tags import tags_of_team
from assessment.store.teams import Team
from assessment.store.workshops import Workshop, WorkshopAgreement, WorkshopBallot, WorkshopNote

Document = dict[str, Any]
Progress = Callable[[str], None]
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
_MOST_RELEASES = 5


@dataclass(frozen=True, slots=True)
class ExportedEngagement:
    """What was written; `left_out` are rounds whose questions are not known any more, so that they show no results
    either."""

    fingerprint: str
    teams: int
    rounds: int
    left_out: int


@dataclass(slots=True)
class _Contents:
    """What travels, found before anything is written: small facts of all rounds, in their order."""

    versions: list[QuestionnaireVersion]
    places: dict[uuid.UUID, int]
    """Of versions, by their ids."""
    rounds: dict[uuid.UUID, list[uuid.UUID]]
    """By their teams."""
    asked: dict[uuid.UUID, list[uuid.UUID]]
    campaigns: list[Campaign]
    campaign_of: dict[uuid.UUID, int]
    left_out: int


def export_engagement(
    database: Database,
    file: BinaryIO,
    *,
    organisation_id: uuid.UUID,
    made_by: str = "",
    with_answers: bool = False,
    advance: Progress = lambda team: None,
) -> ExportedEngagement:
    """Writes the file as the organisation is at one moment, and remembers which edition it is. `made_by` is what
    whoever imports it is told.

    Others may write meanwhile; memory holds one team at a time.
    """
    with database.writing() as session:
        key = engagement_key(session, organisation_id)
    with _as_at_one_moment(database) as session:
        organisation = session.get_one(Organisation, organisation_id)
        known = fingerprints_of(session, organisation_id)
        contents = _contents(session, organisation_id)
        teams, rounds = len(contents.rounds), sum(map(len, contents.rounds.values()))
        head = {
            "format": FORMAT,
            "version": VERSION,
            "key": str(key),
            "organisation": organisation.name,
            "country": organisation.country,
            "language": organisation.language,
            "made_by": made_by,
            "with_answers": with_answers,
            "teams": teams,
            "rounds": rounds,
            "plans": count_plans(session, organisation_id),
        }
        writer, hashes = ArchiveWriter(file, FORMAT, VERSION), {}
        for name, content in _members(session, organisation, contents, with_answers=with_answers, advance=advance):
            writer.add(name, content)
            hashes[name] = hash_of(name, content)
    fingerprint = fingerprint_of(hashes)
    history = known[:-1] if known and known[-1] == fingerprint else known
    writer.finish({**head, "history": history[-MOST_HISTORY:]})
    with database.writing() as session:
        add_edition(session, organisation_id, fingerprint)
    return ExportedEngagement(fingerprint, teams, rounds, contents.left_out)


@contextmanager
def _as_at_one_moment(database: Database) -> Iterator[Session]:
    with database.reading() as session:
        if database.engine.dialect.name == "postgresql":  # SQLite always reads so
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def fingerprint_now(session: Session, *, organisation_id: uuid.UUID) -> str:
    """The fingerprint that a file would have now, without writing one."""
    organisation = session.get_one(Organisation, organisation_id)
    members = _members(session, organisation, _contents(session, organisation_id))
    return fingerprint_of({name: hash_of(name, content) for name, content in members})


def hash_of(name: str, content: bytes) -> str:
    """Of what a member says: of a picture, its pixels."""
    return hashlib.sha256(pixels_of(content) if name in PICTURES else content).hexdigest()


def fingerprint_of(hashes: Mapping[str, str]) -> str:
    """Of what a file holds without answers."""
    told = {name: hashed for name, hashed in hashes.items() if not name.startswith("answers/")}
    return hashlib.sha256(canonical(told)).hexdigest()


def _members(
    session: Session,
    organisation: Organisation,
    contents: _Contents,
    *,
    with_answers: bool = False,
    advance: Progress = lambda team: None,
) -> Iterator[tuple[str, bytes]]:
    """All members but the manifest, in their order. Empties the session's memory after each team."""
    organisation_id = organisation.id
    session.flush()
    consultancy = find_of_organisation(session, organisation_id)
    yield ORGANISATION, canonical(_organisation(session, organisation, consultancy, contents))
    if logo := find_logo(session, organisation_id):
        yield LOGO, as_png(logo.picture)
    if consultancy and consultancy.picture:
        yield CONSULTANCY_LOGO, as_png(consultancy.picture)
    texts = {_sha256(version): (version.content or "").encode() for version in contents.versions}
    for sha256, text in sorted(texts.items()):
        yield QUESTIONNAIRE.format(sha256), text
    session.expunge_all()
    for number, team_id in enumerate(contents.rounds, start=1):
        team = session.get_one(Team, team_id)
        yield TEAM.format(number), canonical(_team(session, team, contents))
        if with_answers and (answers := _answers(session, contents.rounds[team_id])):
            yield ANSWERS.format(number), canonical({"rounds": answers})
        advance(team.name)
        session.expunge_all()


def _contents(session: Session, organisation_id: uuid.UUID) -> _Contents:
    teams = session.execute(select(Team.id, Team.name).where(Team.organisation_id == organisation_id)).all()
    known = {
        version.id: version
        for version in session.scalars(
            select(QuestionnaireVersion)
            .where(
                (QuestionnaireVersion.organisation_id == organisation_id)
                | QuestionnaireVersion.id.in_(
                    select(RoundQuestionnaire.questionnaire_version_id).where(
                        RoundQuestionnaire.organisation_id == organisation_id
                    )
                )
            )
            .options(undefer(QuestionnaireVersion.content))
        )
        if version.content is not None
    }
    asked: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    pinned = session.execute(
        select(RoundQuestionnaire.round_id, RoundQuestionnaire.questionnaire_version_id)
        .where(RoundQuestionnaire.organisation_id == organisation_id)
        .order_by(RoundQuestionnaire.round_id, RoundQuestionnaire.position)
    )
    for round_id, version_id in pinned:
        asked[round_id].append(version_id)
    rounds: dict[uuid.UUID, list[uuid.UUID]] = {team.id: [] for team in sorted(teams, key=lambda team: str(team.name))}
    left_out, order = 0, {}
    for row in session.execute(
        select(
            Round.id,
            Round.team_id,
            Round.created_at,
            Round.published_at,
            Round.name,
            Round.purpose,
            Round.mode,
            Round.is_extra,
        ).where(Round.organisation_id == organisation_id)
    ):
        if row.published_at is None and (row.is_extra or row.mode is RoundMode.IMPORTED):
            continue  # a draft beside another one; answers of a file, which do not travel before they are published
        if not all(version_id in known for version_id in asked[row.id]) or not asked[row.id]:
            left_out += 1
            continue
        order[row.id] = (row.created_at, row.published_at or _LAST, row.name, row.purpose, row.mode)
        rounds[row.team_id].append(row.id)
    for listed in rounds.values():
        listed.sort(key=order.__getitem__)
    used = {version_id for listed in rounds.values() for round_id in listed for version_id in asked[round_id]}
    versions = sorted(
        (one for one in known.values() if one.organisation_id is not None or one.id in used),
        key=lambda one: (one.questionnaire_id, one.version, one.checksum, one.organisation_id is None),
    )
    campaigns, campaign_of = _campaigns(session, organisation_id, rounds)
    places = {version.id: place for place, version in enumerate(versions)}
    return _Contents(versions, places, rounds, asked, campaigns, campaign_of, left_out)


def _campaigns(
    session: Session, organisation_id: uuid.UUID, rounds: Mapping[uuid.UUID, Sequence[uuid.UUID]]
) -> tuple[list[Campaign], dict[uuid.UUID, int]]:
    """Campaigns that have rounds which travel, and the place of each round's."""
    of_round = {
        row.round_id: row.campaign_id
        for row in session.scalars(select(CampaignRound).where(CampaignRound.organisation_id == organisation_id))
    }
    first: dict[uuid.UUID, int] = {}
    travelling = [round_id for listed in rounds.values() for round_id in listed]
    for place, round_id in enumerate(travelling):
        if round_id in of_round:
            first.setdefault(of_round[round_id], place)
    found = session.scalars(select(Campaign).where(Campaign.organisation_id == organisation_id))
    campaigns = sorted(
        (campaign for campaign in found if campaign.id in first),
        key=lambda campaign: (campaign.created_at, campaign.name, first[campaign.id]),
    )
    places = {campaign.id: place for place, campaign in enumerate(campaigns)}
    return campaigns, {round_id: places[of_round[round_id]] for round_id in travelling if round_id in of_round}


def _sha256(version: QuestionnaireVersion) -> str:
    return hashlib.sha256((version.content or "").encode()).hexdigest()


def _organisation(
    session: Session,
    organisation: Organisation,
    consultancy: OrganisationConsultancy | None,
    contents: _Contents,
) -> Document:
    return {
        "organisation": plain_row(organisation, "organisations") | _begun_with(session, organisation),
        "consultancy": plain_row(consultancy, "organisation_consultancies") if consultancy else None,
        "questionnaires": [
            plain_row(version, "questionnaire_versions")
            | {"is_own": version.organisation_id is not None, "text": _sha256(version)}
            for version in contents.versions
        ],
        "campaigns": [plain_row(campaign, "campaigns") for campaign in contents.campaigns],
    }


def _begun_with(session: Session, organisation: Organisation) -> Document:
    """What new teams begin with, as it is followed here: nothing where the usual is, since something is not known or
    not asked together any more."""
    told: Document = {"questionnaires": [], "moments": {}}
    if organisation.questionnaires:
        offered = offered_questionnaires(session, organisation_id=organisation.id)
        asked = [one.id for one in first_questionnaires(organisation, offered)]
        told["questionnaires"] = asked if asked == organisation.questionnaires else []
    if organisation.moments:
        kinds = {kind.id for kind in load_team_kinds()}
        told["moments"] = {kind: plain_value(of) for kind, of in organisation.moments.items() if kind in kinds and of}
    return told


@dataclass(slots=True)
class _OfTeam:
    """Where rounds and actions of a team stand, by their ids: a place is a round's, or a round's and an action's."""

    rounds: dict[uuid.UUID, int]
    actions: dict[uuid.UUID, list[int]]
    plans: dict[uuid.UUID, int]


def _team(session: Session, team: Team, contents: _Contents) -> Document:
    ids = contents.rounds[team.id]
    rounds = {one.id: one for one in session.scalars(select(Round).where(Round.id.in_(ids)))}
    plans = {plan.round_id: plan for plan in session.scalars(select(Plan).where(Plan.round_id.in_(ids)))}
    places = _OfTeam({round_id: place for place, round_id in enumerate(ids)}, {}, {})
    for round_id, plan in plans.items():
        places.plans[plan.id] = places.rounds[round_id]
        for number, action in enumerate(plan.current_actions):
            places.actions[action.id] = [places.rounds[round_id], number]
    gathered = _Gathered(session, ids, places, contents)
    answered = count_by_round(session, ids)
    repetition = session.scalar(select(Repetition).where(Repetition.team_id == team.id))
    return {
        "team": plain_row(team, "teams") | {"tags": list(tags_of_team(session, team.organisation_id, team.id))},
        "repetition": plain_row(repetition, "repetitions") if repetition else None,
        "rounds": [
            _round(session, rounds[round_id], plans.get(round_id), answered.get(round_id, 0), gathered)
            for round_id in ids
        ],
    }


class _Gathered:
    """What hangs on a team's rounds, read with one query for each table."""

    def __init__(self, session: Session, ids: Sequence[uuid.UUID], places: _OfTeam, contents: _Contents) -> None:
        self.places, self.contents = places, contents
        self.events = _by(session, RoundEvent, "round_id", ids)
        self.outcomes = _by(session, ActionOutcome, "round_id", ids)
        self.workshops = _by(session, Workshop, "round_id", ids)
        workshops = [workshop.id for listed in self.workshops.values() for workshop in listed]
        self.ballots = _by(session, WorkshopBallot, "workshop_id", workshops)
        self.agreements = _by(session, WorkshopAgreement, "workshop_id", workshops)
        self.meetings = _by(session, PlanMeeting, "plan_id", list(places.plans))
        self.action_events = _by(session, ActionEvent, "action_id", list(places.actions))
        self.carried = {
            row.action_id: places.actions[row.from_id]
            for row in session.scalars(select(CarriedAction).where(CarriedAction.action_id.in_(places.actions)))
            if row.from_id in places.actions
        }
        self.repeated = {
            row.round_id: row for row in session.scalars(select(RepeatedRound).where(RepeatedRound.round_id.in_(ids)))
        }


def _by(session: Session, model: Any, column: str, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Any]]:
    """The rows of a table by what they belong to."""
    found: defaultdict[uuid.UUID, list[Any]] = defaultdict(list)
    if ids:
        for row in session.scalars(select(model).where(getattr(model, column).in_(ids))):
            found[getattr(row, column)].append(row)
    return found


def _sorted(documents: Iterator[Document] | list[Document]) -> list[Document]:
    """By what they say: the order of ids would be another one wherever they are imported."""
    return sorted(documents, key=canonical)


def _round(session: Session, round_: Round, plan: Plan | None, answered: int, of_team: _Gathered) -> Document:
    is_published = round_.published_at is not None
    told = plain_row(round_, "rounds")
    if not is_published:  # settings alone: when it was open here says nothing there
        told |= dict.fromkeys(("opens_at", "closes_at", "stopped_at", "scoring_version"))
        told |= {"is_linked": False, "compared_later": 0}
    repeated = of_team.repeated.get(round_.id)
    places = of_team.contents.places
    return told | {
        "asks": [places[version_id] for version_id in of_team.contents.asked[round_.id]],
        "result": _released(session, round_) if is_published else None,
        "answered": answered if is_published else 0,
        "events": _sorted([plain_row(event, "round_events") for event in of_team.events[round_.id]])
        if is_published
        else [],
        "repeated_for": plain_row(repeated, "repeated_rounds") if repeated else None,
        "campaign": of_team.contents.campaign_of.get(round_.id),
        "workshops": [_workshop(one, of_team) for one in _ended(of_team.workshops[round_.id])] if is_published else [],
        "plan": _plan(plan, of_team) if plan and is_published else None,
        "outcomes": _outcomes(of_team.outcomes[round_.id], of_team.places) if is_published else [],
    }


def _released(session: Session, round_: Round) -> Document:
    """The result as it may be shown. Released again it stays the same: so it does where it is imported."""
    questionnaire = pinned_questionnaire(session, round_)
    result = result_from_snapshot(round_.snapshot or {})
    return result_to_snapshot(released_for_good(result, questionnaire, round_.minimum_group))


def released_for_good(result: TeamResult, questionnaire: Questionnaire, minimum_group: int) -> TeamResult:
    if result.withheld:
        return TeamResult(team=result.team, mode=result.mode, respondents=result.respondents, scored=0, withheld=True)
    for _ in range(_MOST_RELEASES):
        released = release(result, questionnaire, minimum_group=minimum_group)
        if released == result:
            break
        result = released
    return result


def _ended(workshops: Sequence[Workshop]) -> list[Workshop]:
    ended = [workshop for workshop in workshops if workshop.ended_at is not None]
    return sorted(ended, key=lambda workshop: (workshop.started_at, workshop.ended_at))


def _workshop(workshop: Workshop, of_team: _Gathered) -> Document:
    return plain_row(workshop, "workshops") | {
        "ballots": _sorted([plain_row(ballot, "workshop_ballots") for ballot in of_team.ballots[workshop.id]]),
        "agreements": _sorted([plain_row(one, "workshop_agreements") for one in of_team.agreements[workshop.id]]),
    }


def _plan(plan: Plan, of_team: _Gathered) -> Document:
    return plain_row(plan, "plans") | {
        "actions": [_action(action, of_team) for action in plan.current_actions],
        "meetings": _sorted([_meeting(meeting, of_team.places) for meeting in of_team.meetings[plan.id]]),
    }


def _action(action: PlanAction, of_team: _Gathered) -> Document:
    return plain_row(action, "plan_actions") | {
        "carried_from": of_team.carried.get(action.id),
        "events": _sorted([plain_row(event, "action_events") for event in of_team.action_events[action.id]]),
    }


def _meeting(meeting: PlanMeeting, places: _OfTeam) -> Document:
    told = plain_row(meeting, "plan_meetings")
    told["agenda"] = [
        {"action": places.actions.get(uuid.UUID(entry["action"])), "said": entry["said"]} for entry in told["agenda"]
    ]
    return told


def _outcomes(outcomes: Sequence[ActionOutcome], places: _OfTeam) -> list[Document]:
    listed = [
        (
            outcome.position,
            plain_row(outcome, "action_outcomes")
            | {
                "plan": places.plans[outcome.plan_id],
                "action": places.actions[outcome.action_id] if outcome.action_id else None,
            },
        )
        for outcome in outcomes
        if outcome.plan_id in places.plans and (outcome.action_id is None or outcome.action_id in places.actions)
    ]
    return [told for _position, told in sorted(listed, key=lambda entry: (entry[0], canonical(entry[1])))]


# Answers


def _answers(session: Session, ids: Sequence[uuid.UUID]) -> list[Document]:
    """What people said and wrote in the published rounds of a team, by their own words; nobody's code."""
    published = select(Round.id).where(Round.id.in_(ids), Round.published_at.is_not(None))
    wanted = set(session.scalars(published))
    told = []
    for place, round_id in enumerate(ids):
        if round_id not in wanted:
            continue
        responses = session.scalars(select(Response).where(Response.round_id == round_id))
        comments = session.scalars(select(Comment).where(Comment.round_id == round_id))
        one = {
            "round": place,
            "responses": _sorted([_sheet(response) for response in responses]),
            "comments": _sorted([plain_row(comment, "comments", of_answers=True) for comment in comments]),
            "workshops": [_words(session, workshop) for workshop in _ended(_workshops(session, round_id))],
        }
        if one["responses"] or one["comments"] or one["workshops"]:
            told.append(one)
    return told


def _sheet(response: Response) -> Document:
    told = plain_row(response, "responses", of_answers=True)
    told["answers"].pop("respondent", None)
    return told


def _workshops(session: Session, round_id: uuid.UUID) -> Sequence[Workshop]:
    return session.scalars(select(Workshop).where(Workshop.round_id == round_id)).all()


def _words(session: Session, workshop: Workshop) -> Document:
    """What was written down in a workshop."""
    of_workshop = WorkshopNote.workshop_id == workshop.id
    notes = session.scalars(select(WorkshopNote).where(of_workshop).order_by(WorkshopNote.written_at, WorkshopNote.id))
    agreements = session.scalars(select(WorkshopAgreement).where(WorkshopAgreement.workshop_id == workshop.id))
    return {
        "notes": [plain_row(note, "workshop_notes", of_answers=True) for note in notes],
        "agreements": _sorted([{"question": one.question, "note": one.note} for one in agreements]),
    }
