"""The privacy notice of an organisation: who is responsible, what for, how long, and what the law lets people ask."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_privacy_laws
from assessment.domain.plain_text import plain_line, plain_text
from assessment.domain.privacy_notice import MONTHS_KEPT, PrivacyLaw, shorter
from assessment.services.rounds import get_round
from assessment.store.organisations import Organisation

LONGEST_RESPONSIBLE = 200
LONGEST_CONTACT = 400
LONGEST_WORDS = 4_000


class UnknownPrivacyLaw(LookupError):
    """No template has this id."""


class InvalidTimes(ValueError):
    """Not among the times that things may be kept, or results would go before the answers they came from."""


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """`responsible` is the organisation's name unless it gave another; of `purpose`, `contact` and `words` what is
    empty is not said, or in the usual words. What is kept without a number of months is kept until it is deleted."""

    organisation: str
    responsible: str
    contact: str
    purpose: str
    words: str
    law: PrivacyLaw
    keep_answers_months: int | None
    keep_results_months: int | None


def privacy_laws() -> tuple[PrivacyLaw, ...]:
    """The templates to choose from."""
    return load_privacy_laws()


def law_of(organisation: Organisation) -> PrivacyLaw:
    """The template that was chosen, or else that of the organisation's country."""
    laws = load_privacy_laws()
    chosen = next((law for law in laws if law.id == organisation.privacy_law), None)
    return chosen or next((law for law in laws if organisation.country in law.countries), laws[-1])


def notice_of_organisation(organisation: Organisation) -> PrivacyNotice:
    """What people read in the organisation's next round."""
    return PrivacyNotice(
        organisation=organisation.name,
        responsible=organisation.responsible or organisation.name,
        contact=organisation.contact,
        purpose=organisation.purpose,
        words=organisation.privacy_words,
        law=law_of(organisation),
        keep_answers_months=organisation.keep_answers_months,
        keep_results_months=organisation.keep_results_months,
    )


def notice_of_round(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> PrivacyNotice:
    """What people read who answer a round: its times are those that it was opened with, or shorter ones since.

    Raises `UnknownRound`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    organisation = session.get_one(Organisation, organisation_id)
    notice = notice_of_organisation(organisation)
    return PrivacyNotice(
        organisation=notice.organisation,
        responsible=notice.responsible,
        contact=notice.contact,
        purpose=notice.purpose,
        words=notice.words,
        law=notice.law,
        keep_answers_months=shorter(round_.keep_answers_months, notice.keep_answers_months),
        keep_results_months=shorter(round_.keep_results_months, notice.keep_results_months),
    )


def change_privacy_notice(
    session: Session,
    *,
    organisation: Organisation,
    responsible: str,
    contact: str,
    purpose: str,
    words: str,
    law: str,
    keep_answers_months: int | None,
    keep_results_months: int | None,
) -> Organisation:
    """Another notice. Raises `UnknownPrivacyLaw` or `InvalidTimes`."""
    if law not in {one.id for one in load_privacy_laws()}:
        raise UnknownPrivacyLaw(law)
    if not {keep_answers_months, keep_results_months} <= {None, *MONTHS_KEPT}:
        raise InvalidTimes
    if keep_results_months is not None and shorter(keep_answers_months, keep_results_months) != keep_answers_months:
        raise InvalidTimes
    stored = session.get_one(Organisation, organisation.id)
    stored.responsible, stored.contact = plain_line(responsible), plain_line(contact)
    stored.purpose, stored.privacy_words, stored.privacy_law = plain_text(purpose), plain_text(words), law
    stored.keep_answers_months, stored.keep_results_months = keep_answers_months, keep_results_months
    return stored
