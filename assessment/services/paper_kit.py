"""Sheets for a room without devices: printed for a team, whether or not it has a round."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE, load_facilitation, load_questionnaire
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation, Paper
from assessment.services.consultancies import printed_consultancy
from assessment.services.organisations import Organisation
from assessment.services.paper_sheets import paper_of_round
from assessment.services.privacy_notices import notice_of_organisation, notice_of_round
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.rounds import Round
from assessment.services.teams import Team
from reports.paper_kit.build import KitSource, Sheet, build_pdf

__all__ = ["KitSource", "Sheet"]

RUBRICS = "service-culture-rubrics"


def gather_kit(session: Session, *, organisation: Organisation, team: Team, paper: Paper) -> KitSource:
    """What the sheets of a team are made of: the standard questionnaires and its own moments."""
    notice = notice_of_organisation(organisation)
    return KitSource(
        organisation=organisation.name,
        team=team.name,
        points=tuple(point["name"] for point in team.points),
        statements=load_questionnaire(DEFAULT_QUESTIONNAIRE),
        rubrics=load_questionnaire(RUBRICS),
        accent=organisation.accent,
        paper=paper,
        consultancy=printed_consultancy(session, organisation_id=organisation.id),
        facilitation=load_facilitation(),
        minimum_group=organisation.minimum_group,
        responsible=notice.responsible,
        contact=notice.contact,
    )


def gather_questionnaire(
    session: Session, *, organisation: Organisation, team: Team, round_: Round, paper: Paper
) -> KitSource:
    """What the sheet of a round is made of: all that it asks, and of which moments. Raises `QuestionnaireChanged`."""
    notice = notice_of_round(session, organisation_id=organisation.id, round_id=round_.id)
    return KitSource(
        organisation=organisation.name,
        team=team.name,
        points=tuple(point["name"] for point in round_.points),
        statements=pinned_questionnaire(session, round_),
        rubrics=load_questionnaire(RUBRICS),
        accent=organisation.accent,
        paper=paper,
        facilitation=load_facilitation(),
        blocks=paper_of_round(session, round_),
        consultancy=printed_consultancy(session, organisation_id=organisation.id),
        minimum_group=round_.minimum_group if round_.mode is RoundMode.ANSWERED else 0,
        responsible=notice.responsible,
        contact=notice.contact,
    )


def print_sheet(source: KitSource, sheet: Sheet, reader: Localisation) -> bytes:
    """One sheet as PDF: a pure function of its source."""
    return build_pdf(source, sheet, reader)


def print_kit(source: KitSource, names: dict[Sheet, str], reader: Localisation) -> bytes:
    """All sheets in one ZIP, each under its name. The same source gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kit:
        for sheet, name in names.items():
            kit.writestr(zipfile.ZipInfo(name), build_pdf(source, sheet, reader), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
