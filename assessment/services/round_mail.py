"""The words of messages to people who answer: the same for everybody but for the greeting, the language and the way to
unsubscribe."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.domain.plain_text import plain_line, without_web_addresses
from assessment.infra.clock import end_of_day, local_date
from assessment.infra.languages import Localisation
from assessment.services.letters import Letter
from assessment.store.organisations import Organisation
from assessment.store.recipients import MailingKind
from assessment.store.rounds import Round
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about. `results_on` is the day by which people hear of the results, if somebody says it."""

    organisation: Organisation
    team: Team
    round: Round
    results_on: dt.date | None = None

    @property
    def organisation_name(self) -> str:
        return without_web_addresses(self.organisation.name)

    @property
    def team_name(self) -> str:
        return without_web_addresses(self.team.name)

    def closes(self, reader: Localisation) -> str:
        """The last day to answer, in words; empty where there is none."""
        closes_at, zone = self.round.closes_at, self.organisation.time_zone
        if closes_at is None:
            return ""
        day = local_date(closes_at, zone)
        if closes_at == end_of_day(day, zone):
            return reader.date(day)
        return reader.date(local_date(closes_at - dt.timedelta(seconds=1), zone))


def letter(
    kind: MailingKind, about: Subject, reader: Localisation, *, name: str, link: str, unsubscribe: str
) -> Letter:
    """The message of a kind of mailing to one recipient, in their language."""
    team = about.team_name
    subject, before, action, after = _WORDS[kind](about, reader)
    greeting = (
        reader.gettext("Hello, %(name)s:", name=without_web_addresses(name)) if name else reader.gettext("Hello:")
    )
    footer = reader.gettext(
        "You receive this because %(organisation)s gave Escala your address for the team %(team)s. Nobody is told "
        "who has answered: this link is the same for everybody. Your address is deleted 30 days after the round has "
        "closed.",
        organisation=about.organisation_name,
        team=team,
    )
    return Letter(
        subject=plain_line(subject),
        greeting=greeting,
        before=before,
        action=action,
        link=link,
        after=after,
        footer=footer,
        unsubscribe=unsubscribe,
    )


_Parts = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def _anonymous(about: Subject, reader: Localisation) -> str:
    return reader.gettext(
        "It is anonymous: results are only shown for everybody together, from %(minimum)s answers on. You need no "
        "account.",
        minimum=reader.number(about.round.minimum_group),
    )


def _until(about: Subject, reader: Localisation) -> tuple[str, ...]:
    until = about.closes(reader)
    return (reader.gettext("It can be answered until %(until)s.", until=until),) if until else ()


def _invitation(about: Subject, reader: Localisation) -> _Parts:
    return (
        reader.gettext("How good is our service? Your view counts: %(team)s", team=about.team_name),
        (
            reader.gettext(
                "In %(team)s we want to know how good our service is today, and your view counts.",
                team=about.team_name,
            ),
            _anonymous(about, reader),
            *_until(about, reader),
        ),
        reader.gettext("Answer the questionnaire"),
        (),
    )


def _thanks(reader: Localisation) -> str:
    return reader.gettext(
        "If you have answered already: thank you, there is nothing more to do. This message goes to everybody, since "
        "nobody knows who has answered."
    )


def _reminder(about: Subject, reader: Localisation) -> _Parts:
    return (
        reader.gettext("A reminder, and thank you: %(team)s", team=about.team_name),
        (
            _thanks(reader),
            reader.gettext(
                "If you have not answered the questionnaire about our service in %(team)s yet, there is still time.",
                team=about.team_name,
            ),
            _anonymous(about, reader),
            *_until(about, reader),
        ),
        reader.gettext("Answer the questionnaire"),
        (),
    )


def _closing_soon(about: Subject, reader: Localisation) -> _Parts:
    until = about.closes(reader)
    return (
        reader.gettext("It closes soon: %(team)s", team=about.team_name),
        (
            reader.gettext(
                "The questionnaire about our service in %(team)s closes soon: it can be answered until %(until)s.",
                team=about.team_name,
                until=until,
            ),
            _thanks(reader),
            _anonymous(about, reader),
        ),
        reader.gettext("Answer the questionnaire"),
        (),
    )


def _closed(about: Subject, reader: Localisation) -> _Parts:
    if about.results_on is not None:
        when = reader.gettext("You hear what came of it by %(day)s.", day=reader.date(about.results_on))
    else:
        when = reader.gettext("You hear what came of it once the team has talked about it.")
    return (
        reader.gettext("The round has closed, and thank you: %(team)s", team=about.team_name),
        (
            reader.gettext(
                "The questionnaire about our service in %(team)s has closed. If you answered it: thank you. This "
                "message goes to everybody who was invited, since nobody knows who has answered.",
                team=about.team_name,
            ),
            reader.gettext(
                "What happens next: the answers are put together and are only looked at for everybody together, from "
                "%(minimum)s answers on. From what they say, the team makes a plan: what it takes on, who does what, "
                "and by when.",
                minimum=reader.number(about.round.minimum_group),
            ),
            when,
        ),
        reader.gettext("See how far it is"),
        (reader.gettext("You need no account. Once the plan is shared, it is read at the same address."),),
    )


def _plan(about: Subject, reader: Localisation) -> _Parts:
    return (
        reader.gettext("Our plan is here: %(team)s", team=about.team_name),
        (
            reader.gettext(
                "The round has closed, and %(team)s has a plan, made from what all of those who answered said: what we "
                "take on, who does what, and by when. Thank you.",
                team=about.team_name,
            ),
        ),
        reader.gettext("Read the plan"),
        (reader.gettext("You need no account. What changes in the plan is seen at the same address."),),
    )


_WORDS = {
    MailingKind.INVITATION: _invitation,
    MailingKind.REMINDER: _reminder,
    MailingKind.CLOSING_SOON: _closing_soon,
    MailingKind.CLOSED: _closed,
    MailingKind.PLAN: _plan,
}
