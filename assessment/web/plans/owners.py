"""Links for the owners of a plan's actions: made, shown once, withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, make_response, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from assessment.infra.clock import local_date, utc_now
from assessment.infra.languages import Localisation
from assessment.services.owner_links import (
    MadeLink,
    NotOfOwner,
    OwnerLink,
    actions_of_link,
    end_owner_link,
    has_later_plan,
    last_day_of_link,
    list_owner_links,
    make_owner_link,
)
from assessment.services.plan_documents import plan_source
from assessment.web.dates import local_day
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plan_reading import ReadAction, by_need, plan_to_read
from assessment.web.plans.editor import Editor
from assessment.web.print_options import print_as_asked
from assessment.web.public_links import is_local_link, public_url, whatsapp_link
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round
from reports.engine.qr import qr_code
from reports.engine.scripts import isolated

CHANGED = _("The plan was changed meanwhile. Look at who has what by now, and make the link again.")


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who is named in the plan, with their actions: what is late first. `link` is the one that works now."""

    name: str
    is_proposed: bool
    """Whether it is nobody's name, but what the library calls whoever should do it."""
    actions: tuple[ReadAction, ...]
    link: LinkRow | None

    @property
    def has_finished(self) -> bool:
        """Whether nothing is left of which a link could say how far it is."""
        return not any(action.is_open for action in self.actions)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link that was made: days in words; `state` is one of `works`, `over`, `ended`."""

    id: uuid.UUID
    owner: str
    state: str
    made: str
    expires: str
    used: str
    action_ids: frozenset[uuid.UUID]
    """The actions that it is for by now."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is shown, once."""

    owner: str
    address: str
    message: str
    whatsapp: str
    qr: Markup
    expires: str
    is_local_only: bool


def show(editor: Editor) -> Response:
    """Who has what to do, and the links that there are."""
    rows, actions = _rows(editor), _actions(editor)
    owners = _owners(actions, rows)
    return make_response(
        render_template(
            "plans/owners.html",
            **editor.page_values,
            owners=[owner for owner in owners if not owner.has_finished],
            finished=reader().list_of(isolated(owner.name) for owner in owners if owner.has_finished),
            unnamed=sum(not action.owner and action.is_open for action in actions),
            rows=rows,
            form=ConfirmForm(),
            until=reader().date(last_day_of_link(editor.round_plan.choices.drawn_on, editor.today)),
            has_later_plan=has_later_plan(session(), editor.round),
        )
    )


def make(editor: Editor) -> Response:
    """A link for one owner, or for some of their actions; it is shown at once, and never again."""
    form = ConfirmForm()
    if not form.validate_on_submit() or has_later_plan(session(), editor.round):
        return redirect_to_round("plans.owners", editor.round)
    chosen = set(request.form.getlist("action"))
    name = _folded(request.form.get("owner", ""))
    if not chosen:
        flash(str(_("Choose at least one action for the link.")), "error")
        return redirect_to_round("plans.owners", editor.round)
    theirs = [action for action in _actions(editor) if action.owner and _folded(action.owner) == name]
    own = [action for action in theirs if str(action.id) in chosen]
    if len(own) != len(chosen):
        flash(str(CHANGED), "error")
        return redirect_to_round("plans.owners", editor.round)
    try:
        made = make_owner_link(
            session(),
            **editor.where,
            owner=own[0].owner,
            action_ids=[action.id for action in own],
            now=utc_now(),
        )
    except NotOfOwner:  # in the instant since it was read
        flash(str(CHANGED), "error")
        return redirect_to_round("plans.owners", editor.round)
    shown = new_link(made, editor.team.name, own, reader())
    return make_response(render_template("plans/owner_link.html", **editor.page_values, link=shown, actions=own))


def end(editor: Editor, link_id: uuid.UUID) -> Response:
    if ConfirmForm().validate_on_submit():
        link = end_owner_link(session(), **editor.where, link_id=link_id, now=utc_now())
        flash(reader().gettext("The link for %(name)s no longer works.", name=link.owner))
    return redirect_to_round("plans.owners", editor.round)


def new_link(made: MadeLink, team: str, actions: Sequence[ReadAction], reader: Localisation) -> NewLink:
    address = public_url("owners.open_link", token=made.token)
    expires = reader.date(made.link.expires_on)
    is_name = not all(action.has_proposed_owner for action in actions)
    hello = reader.gettext("Hello, %(name)s.", name=made.link.owner) if is_name else reader.gettext("Hello.")
    words = reader.ngettext(
        "You have %(n)s action in the plan of %(team)s. Here you say how far it is, without an account. The link is "
        "only for you, and works until %(day)s.",
        "You have %(n)s actions in the plan of %(team)s. Here you say how far they are, without an account. The link "
        "is only for you, and works until %(day)s.",
        len(actions),
        team=team,
        day=expires,
    )
    message = f"{hello} {words}\n{address}"
    return NewLink(
        owner=made.link.owner,
        address=address,
        message=message,
        whatsapp=whatsapp_link(message),
        qr=qr_code(address, reader.gettext("QR code of the link for %(name)s", name=made.link.owner)),
        expires=expires,
        is_local_only=is_local_link(address),
    )


def _actions(editor: Editor) -> list[ReadAction]:
    source = plan_source(
        session(), editor.round_plan, editor.organisation, print_as_asked(editor.organisation), utc_now()
    )
    read = plan_to_read(editor.round_plan, source, reader(), today=editor.today)
    return [action for _heading, action in by_need(read)]


def _owners(listed: Sequence[ReadAction], rows: Sequence[LinkRow]) -> list[Owner]:
    """The owners of these actions in their order, each with the link that works for them."""
    found: dict[str, list[ReadAction]] = {}
    for action in listed:
        if action.owner:
            found.setdefault(_folded(action.owner), []).append(action)
    works = [row for row in rows if row.state == "works"]
    return [
        Owner(
            name=actions[0].owner,
            is_proposed=all(action.has_proposed_owner for action in actions),
            actions=tuple(actions),
            link=next((row for row in works if any(action.id in row.action_ids for action in actions)), None),
        )
        for actions in found.values()
    ]


def _rows(editor: Editor) -> list[LinkRow]:
    links = list_owner_links(session(), **editor.where)
    return [_row(link, editor) for link in links]


def _row(link: OwnerLink, editor: Editor) -> LinkRow:
    zone = editor.organisation.time_zone
    state = "ended" if link.ended_at else "over" if link.expires_on < local_date(utc_now(), zone) else "works"
    made_on: dt.date | None = local_day(link.made_at, zone)
    return LinkRow(
        id=link.id,
        owner=link.owner,
        state=state,
        made=reader().date(made_on) if made_on else "",
        expires=reader().date(link.expires_on),
        used=reader().date(link.used_on) if link.used_on else "",
        action_ids=frozenset(action.id for action in actions_of_link(link, editor.round_plan.choices)),
    )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
