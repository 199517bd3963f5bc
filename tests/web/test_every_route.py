"""Deny by default, proven: every route, by everybody, with every method and with another organisation's ids.

`ROUTES` says who may enter; a route without a row fails. A refusal changes nothing in the database.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import MapAdapter, Rule
from werkzeug.test import TestResponse

from assessment.app import close_app, create_app
from assessment.domain.access import OrganisationRole, Permission, may
from assessment.infra.settings import Settings
from assessment.web.auditing import SEEN
from assessment.web.visits import BY_ANYBODY
from tests.web.client import PageClient
from tests.web.tenants import HIDDEN_TEAM, Tenant, Tenants, values_of
from tests.web.world import World

Answer = Literal["in", "sign in", "may not", "nothing", "no such way"]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
PEOPLE = ("nobody", "outsider", "viewer", "own-viewer", "leadership", "manager", "own-manager", "administrator")
"""Those with “own” are of one team only."""
TRY_EVERY_METHOD = PEOPLE if os.environ.get("CI") else ("nobody", "administrator")
"""That a route has no such method is said before it is asked who somebody is: tried at home by those who may least and
most."""


@dataclass(frozen=True)
class Row:
    """What each person is answered at our organisation's address."""

    nobody: Answer = "sign in"
    outsider: Answer = "nothing"
    viewer: Answer = "may not"
    manager: Answer = "may not"
    administrator: Answer = "in"
    leadership: Answer | None = None
    """Where it is not what viewers are answered."""

    def of(self, person: str) -> Answer:
        if person == "leadership" and self.leadership is None:
            person = "viewer"
        answer: Answer = getattr(self, person.removeprefix("own-"))
        return answer


def the_same_for_all(answer: Answer) -> Row:
    return Row(answer, answer, answer, answer, answer)


EVERYBODY = the_same_for_all("in")
SIGNED_IN = Row("sign in", "in", "in", "in", "in")
MEMBERS = Row(viewer="in", manager="in")
MANAGERS = Row(manager="in")
LEADERS = Row(manager="in", leadership="in")
ADMINISTRATORS = Row()
NOT_THERE = the_same_for_all("nothing")

ROUTES: dict[str, Row] = {
    # nobody needs an account
    "health.healthz": EVERYBODY,
    "help.help_": EVERYBODY,
    "home.home": EVERYBODY,
    "home.language": EVERYBODY,
    "members.join": EVERYBODY,
    "security.login": EVERYBODY,
    "security.logout": EVERYBODY,
    "security.forgot_password": EVERYBODY,
    "security.reset_password": EVERYBODY,
    "security.two_factor_token_validation": the_same_for_all("sign in"),  # with the password first
    "static": EVERYBODY,
    "styleguide.styleguide": EVERYBODY,  # in tests; nobody finds it in life
    # respondents: their own cookie lets them in, never an account
    "respond.open_link": EVERYBODY,
    "respond.begin_instead": EVERYBODY,
    "respond.welcome": EVERYBODY,
    "respond.begin": EVERYBODY,
    "respond.answer_page": EVERYBODY,
    "respond.answers": EVERYBODY,
    "respond.change": EVERYBODY,
    "respond.send_answers": EVERYBODY,
    "respond.another_person": EVERYBODY,
    "respond.step": EVERYBODY,
    "respond.answer": EVERYBODY,
    "respond.submit": EVERYBODY,
    "respond.send": EVERYBODY,
    "respond.another": EVERYBODY,
    "respond.thanks": EVERYBODY,
    "respond.privacy": EVERYBODY,
    # people in a workshop: by its PIN or its code
    "participate.pin": EVERYBODY,
    "participate.open_code": EVERYBODY,
    "participate.room": EVERYBODY,
    "participate.now": EVERYBODY,
    "participate.cast": EVERYBODY,
    "shared_plans.show": EVERYBODY,  # by its link
    "owners.open_link": EVERYBODY,  # by its link
    "owners.show": NOT_THERE,  # by the cookie for which the link is exchanged
    "owners.save": NOT_THERE,
    "unsubscribing.unsubscribe": EVERYBODY,  # by its link
    "shared_plans.calendar": NOT_THERE,  # by its link, once it is shared
    # one's own
    "accounts.account": SIGNED_IN,
    "accounts.consultancy": SIGNED_IN,
    "accounts.consultancy_logo": SIGNED_IN,
    "accounts.sign_out_everywhere": SIGNED_IN,
    "accounts.notices": SIGNED_IN,
    "accounts.delete": SIGNED_IN,
    "organisations.new": SIGNED_IN,
    "organisations.bring": SIGNED_IN,
    "organisations.confirm_bring": SIGNED_IN,
    "documents.file": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.two_factor_setup": SIGNED_IN,
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.verify": SIGNED_IN,
    # an organisation's
    "organisations.organisation": MEMBERS,
    "organisations.edit": ADMINISTRATORS,
    "organisations.look": ADMINISTRATORS,
    "organisations.delete": ADMINISTRATORS,
    "organisations.privacy": ADMINISTRATORS,
    "organisations.engagement": ADMINISTRATORS,
    "organisations.make_engagement_file": ADMINISTRATORS,
    "organisations.engagement_file": ADMINISTRATORS,
    "organisations.logo": MEMBERS,
    "organisations.consultancy": ADMINISTRATORS,
    "organisations.consultancy_logo": ADMINISTRATORS,
    "portfolio.portfolio": LEADERS,
    "portfolio.movement": LEADERS,
    "portfolio.make": LEADERS,
    "portfolio.making": Row(manager="nothing", leadership="nothing"),  # made for the administrator alone
    "portfolio.file": Row(manager="nothing", leadership="nothing"),
    "members.leave": MEMBERS,
    "members.members": ADMINISTRATORS,
    "members.invite": ADMINISTRATORS,
    "members.withdraw": ADMINISTRATORS,
    "members.member": ADMINISTRATORS,
    "members.remove": ADMINISTRATORS,
    "audit.log": ADMINISTRATORS,
    "audit.download": ADMINISTRATORS,
    "outbox.messages": ADMINISTRATORS,
    "outbox.retry": ADMINISTRATORS,
    "teams.team": MEMBERS,
    "teams.new": MANAGERS,
    "paper_kit.kit": MANAGERS,
    "paper_kit.sheet": MANAGERS,
    "paper_kit.everything": MANAGERS,
    "teams.copy_moments": MANAGERS,
    "teams.several": MANAGERS,
    "teams.confirm_several": MANAGERS,
    "teams.edit": MANAGERS,
    "teams.points": MANAGERS,
    "teams.targets": MANAGERS,
    "teams.delete": ADMINISTRATORS,
    "campaigns.campaigns": MANAGERS,
    "campaigns.new": MANAGERS,
    "campaigns.from_file": MANAGERS,
    "campaigns.confirm_file": MANAGERS,
    "campaigns.empty_file_of_teams": MANAGERS,
    "campaigns.campaign": MANAGERS,
    "campaigns.dates": MANAGERS,
    "campaigns.close": MANAGERS,
    "campaigns.publish": MANAGERS,
    "campaigns.by_mail": MANAGERS,
    "campaigns.same_people": MANAGERS,
    "campaigns.send_by_mail": MANAGERS,
    "campaigns.remind_by_mail": MANAGERS,
    "campaigns.posters": MANAGERS,
    "repetitions.repetition": MANAGERS,
    "repetitions.pause": MANAGERS,
    "repetitions.resume": MANAGERS,
    "repetitions.end": MANAGERS,
    "rounds.rounds": MEMBERS,
    "rounds.new": MANAGERS,
    "rounds.round_": MANAGERS,
    "rounds.dates": MANAGERS,
    "rounds.links": MANAGERS,
    "rounds.by_mail": MANAGERS,
    "rounds.same_people": MANAGERS,
    "rounds.send_by_mail": MANAGERS,
    "rounds.remind_by_mail": MANAGERS,
    "rounds.notices_by_mail": MANAGERS,
    "rounds.retry_by_mail": MANAGERS,
    "rounds.retry_recipient": MANAGERS,
    "rounds.correct_recipient": MANAGERS,
    "rounds.remove_from_mail": MANAGERS,
    "rounds.stop": MANAGERS,
    "rounds.close": MANAGERS,
    "rounds.publish": MANAGERS,
    "rounds.discard": MANAGERS,
    "rounds.import_file": MANAGERS,
    "rounds.confirm_import": MANAGERS,
    "rounds.import_template": MANAGERS,
    "rounds.poster": MANAGERS,
    "rounds.slips": MANAGERS,
    "quick_entry.overview": MANAGERS,
    "quick_entry.questionnaire": MANAGERS,
    "quick_entry.begin": MANAGERS,
    "quick_entry.twice": MANAGERS,
    "quick_entry.sheet": MANAGERS,
    "quick_entry.save": MANAGERS,
    "quick_entry.draft": MANAGERS,
    "quick_entry.compare": MANAGERS,
    "workshops.start": MANAGERS,
    "workshops.lead": MANAGERS,
    "workshops.live": MANAGERS,
    "workshops.screen": MANAGERS,
    "workshops.screen_now": MANAGERS,
    "workshops.command": MANAGERS,
    "workshops.agreed": MANAGERS,
    "workshops.park": MANAGERS,
    "workshops.action": MANAGERS,
    "workshops.questions": MANAGERS,
    "workshops.add_question": MANAGERS,
    "workshops.note": MANAGERS,
    "workshops.end": MANAGERS,
    "workshops.after": MANAGERS,
    "results.results": MEMBERS,
    "history.all_rounds": MEMBERS,
    "results.pillar": MEMBERS,
    "results.slides": MEMBERS,
    "results.comment": MANAGERS,
    "phone_test.show": SIGNED_IN,
    "phone_test.reached": NOT_THERE,
    "plans.plan": MEMBERS,
    "plans.change": MANAGERS,
    "plans.follow": MANAGERS,
    "plans.meeting": MANAGERS,
    "plans.meeting_end": MANAGERS,
    "plans.page_one": MEMBERS,
    "plans.check_in": MEMBERS,
    "plans.closing": MEMBERS,
    "plans.photograph": MEMBERS,
    "plans.signed": MANAGERS,
    "plans.sign": MANAGERS,
    "plans.carry": MANAGERS,
    "plans.from_workshop": MANAGERS,
    "plans.on_screen": MANAGERS,
    "plans.owners": MANAGERS,
    "plans.make_owner_link": MANAGERS,
    "plans.end_owner_link": MANAGERS,
    "plans.pillars": MANAGERS,
    "plans.actions": MANAGERS,
    "plans.preview": MEMBERS,
    "plans.preview_style": MEMBERS,
    "plans.download": MEMBERS,
    "plans.printed": MEMBERS,
    "plans.printing": MANAGERS,
    "plans.calendar": MEMBERS,
    "feedback.show": MANAGERS,
    "feedback.page": MANAGERS,
    # not offered, or over
    "security.static": NOT_THERE,
    "security.tf_select": NOT_THERE,
    "security.two_factor_rescue": NOT_THERE,
    "setup.set_up": NOT_THERE,
    "setup.explore": EVERYBODY,  # back to the start page once the first visit is over
    "setup.remove_sample": Row("sign in", "nothing", "nothing", "nothing", "nothing"),  # the sample account's
}

ASKED_WITH = {"plans.actions": "?heading=move", "results.pillar": "?id=language"}
"""What an address needs besides its ids."""
CACHEABLE = frozenset({"static", "documents.file", "respond.answer_page"})
"""By a browser: the same for everybody, and nobody's."""


@dataclass
class House:
    """The application, and the file that its refusals must not change."""

    app: Flask
    tenants: Tenants
    watch: sqlite3.Connection
    kept: sqlite3.Connection

    @property
    def version(self) -> int:
        """Another number whenever another connection has changed the file."""
        return int(self.watch.execute("PRAGMA data_version").fetchone()[0])

    def restore(self) -> None:
        """Everything as it was at first."""
        with closing(sqlite3.connect(self.watch.execute("PRAGMA database_list").fetchone()[2])) as live:
            self.kept.backup(live)

    def changed_tables(self) -> list[str]:
        """Those that are not as they were at first, but for the log of who saw what."""
        with closing(sqlite3.connect(self.watch.execute("PRAGMA database_list").fetchone()[2])) as live:
            names = [name for (name,) in self.kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [
                name for name in names if name != "audit_events" and _content(live, name) != _content(self.kept, name)
            ]

    def rules(self, *, organisations_only: bool = False) -> list[Rule]:
        answering = [
            rule
            for app in (self.respondents, self.participants)
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static"
        ]
        return [
            rule
            for rule in sorted([*self.app.url_map.iter_rules(), *answering], key=lambda rule: rule.endpoint)
            if not organisations_only or "organisation_id" in rule.arguments
        ]

    @property
    def respondents(self) -> Flask:
        """The application at `/r`."""
        app = self.app.extensions["escala_respondents"]
        assert isinstance(app, Flask)
        return app

    @property
    def participants(self) -> Flask:
        """The application at `/w`."""
        app = self.app.extensions["escala_participants"]
        assert isinstance(app, Flask)
        return app

    def map_of(self, address: str) -> MapAdapter:
        if address.startswith("/w/"):
            return self.participants.url_map.bind("localhost", script_name="/w")
        if address.startswith("/r/"):
            return self.respondents.url_map.bind("localhost", script_name="/r")
        return self.app.url_map.bind("localhost")

    def address(self, rule: Rule, values: dict[str, Any], method: str) -> str:
        with self.app.test_request_context():
            build = method if method in (rule.methods or ()) else next(iter(rule.methods or ()))
            mounted = {"respond": "/r/", "participate": "/w/"}
            of = self.map_of(mounted.get(rule.endpoint.partition(".")[0], "/"))
            return of.build(rule.endpoint, values, method=build)

    def takes(self, method: str, address: str) -> bool:
        try:
            is_mounted = address.startswith(("/r/", "/w/"))
            self.map_of(address).match(address[2:] if is_mounted else address, method)
        except MethodNotAllowed:
            return False
        return True


def _content(connection: sqlite3.Connection, table: str) -> list[str]:
    return sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"')))  # noqa: S608 - a table of the schema


class Browser:
    """One person's; every request begins with the cookies and the form token that they had at first."""

    def __init__(self, tenants: Tenants, person: str) -> None:
        self.client: PageClient = tenants.world.client(None if person == "nobody" else person)
        self.client.get(f"/r/{tenants.ours.tokens['respond.open_link']}")
        self.client.get("/sign-in" if person == "nobody" else "/account")
        tokens = [form["data"]["csrf_token"] for form in self.client.page.forms if "csrf_token" in form["data"]]
        self.token = tokens[0]
        self._cookies = dict(self.client._cookies)

    def ask(self, method: str, address: str, *, with_token: bool = True) -> TestResponse:
        self.client._cookies = dict(self._cookies)
        data = {"csrf_token": self.token} if with_token and method != "GET" else None
        response = self.client.open(address, method=method, data=data)
        response.get_data()
        response.close()
        return response


@contextmanager
def house_in(folder: Path) -> Iterator[House]:
    """With e-mail, so that every route is there; none is sent: no form of these walks is filled in."""
    file = folder / "every.sqlite"
    app = create_app(
        Settings(folder, f"sqlite:///{file}", "k" * 40, base_url="http://localhost", smtp_url="smtp://127.0.0.1:9"),
        testing=True,
    )
    app.test_client_class = PageClient
    tenants = Tenants.make(app)
    with closing(sqlite3.connect(file)) as watch, closing(sqlite3.connect(":memory:")) as kept:
        watch.backup(kept)
        yield House(app, tenants, watch, kept)
    close_app(app)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_in(tmp_path_factory.mktemp("house")) as made:
        yield made


def told(response: TestResponse) -> Answer:
    where = response.headers.get("Location", "")
    if where.partition("?")[0] == "/sign-in":
        return "sign in"
    answers: dict[int, Answer] = {403: "may not", 404: "nothing", 405: "no such way"}
    assert response.status_code < 500, response.request.path
    return answers.get(response.status_code, "in")


def check_headers(response: TestResponse, *, may_be_kept: bool = False, may_be_framed: bool = False) -> None:
    """`may_be_framed` is for the plan's own preview: in our pages only, and it sends nothing."""
    headers, path = response.headers, response.request.path
    framed, sends = ("'self'", "'none'") if may_be_framed else ("'none'", "'self'")
    for part in ("default-src 'none'", f"frame-ancestors {framed}", "base-uri 'none'", f"form-action {sends}"):
        assert part in headers["Content-Security-Policy"], path
    assert "unsafe" not in headers["Content-Security-Policy"], path
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["X-Frame-Options"] == ("SAMEORIGIN" if may_be_framed else "DENY"), path
    assert headers["Referrer-Policy"] == "same-origin", path
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
    assert may_be_kept or "no-store" in headers["Cache-Control"], path


def test_every_route_has_its_row_and_every_row_its_route(house: House) -> None:
    there = {rule.endpoint for rule in house.rules()}
    assert there - set(ROUTES) == set(), "say in ROUTES who may enter"
    assert set(ROUTES) - there == set(), "these routes are gone"


def test_every_page_of_an_organisation_names_the_permission_it_needs(house: House) -> None:
    for rule in house.rules(organisations_only=True):
        view = house.app.view_functions[rule.endpoint]
        assert isinstance(getattr(view, "required_permission", None), Permission), rule.endpoint


def test_every_document_that_is_made_behind_its_page_can_be_asked_for_again_at_little_cost(house: House) -> None:
    """Slips are made at once, of links that only this page knows; files of engagements and portfolios are jobs."""
    documents = (".pdf", ".pptx", "/all.zip")
    for rule in house.rules(organisations_only=True):
        if "GET" in (rule.methods or ()) and rule.rule.endswith(documents):
            assert getattr(house.app.view_functions[rule.endpoint], "prepares", False), rule.endpoint


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_enters_where_the_table_says_and_nowhere_else(house: House, person: str) -> None:
    house.restore()
    browser = Browser(house.tenants, person)
    for rule in house.rules():
        (values,) = values_of(rule, house.tenants.ours)
        for method in METHODS:
            address, is_way = house.address(rule, values, method), method in (rule.methods or ())
            if not is_way and (person not in TRY_EVERY_METHOD or house.takes(method, address)):
                continue  # `takes`: another route of the same address
            address += ASKED_WITH.get(rule.endpoint, "")
            before = house.version
            response = browser.ask(method, address)
            expected: Answer = ROUTES[rule.endpoint].of(person) if is_way else "no such way"
            assert told(response) == expected, (person, method, rule.endpoint, response.status_code)
            check_headers(
                response,
                may_be_kept=rule.endpoint in CACHEABLE and method == "GET",
                may_be_framed=rule.endpoint == "plans.preview" and response.status_code == 200,
            )
            if expected != "in":
                assert house.version == before, f"{method} {rule.endpoint} changed something"
            elif method == "GET":
                if house.version != before:
                    assert rule.endpoint in SEEN, f"{rule.endpoint} changed something"
                    assert not house.changed_tables(), rule.endpoint
                    house.restore()
            else:
                house.restore()


@pytest.mark.parametrize("person", ["outsider", "administrator"])
def test_ids_of_another_organisation_lead_nowhere_in_any_mixture(house: House, person: str) -> None:
    """An address with ids of both organisations, whoever asks: only those that are all one's own exist."""
    house.restore()
    browser = Browser(house.tenants, person)
    own, foreign = house.tenants.ours, house.tenants.other
    if person == "outsider":
        own, foreign = foreign, own
    asked, before = 0, house.version
    for rule in house.rules(organisations_only=True):
        for values in values_of(rule, own, foreign)[1:]:
            for method in sorted((rule.methods or set()) & set(METHODS)):
                response = browser.ask(method, house.address(rule, values, method))
                assert response.status_code == 404, (method, rule.endpoint, values)
                assert_names_nothing(response, foreign)
                asked += 1
    assert asked > 100
    assert house.version == before


@pytest.mark.parametrize("person", ["own-manager", "own-viewer"])
def test_a_team_that_somebody_is_not_of_does_not_exist_for_them_in_any_mixture(house: House, person: str) -> None:
    """Every address with a team, a round or anything of theirs, whoever built the page."""
    house.restore()
    browser = Browser(house.tenants, person)
    own, hidden = house.tenants.ours, house.tenants.hidden
    asked, before = 0, house.version
    for rule in house.rules(organisations_only=True):
        if not {"team_id", "round_id"} & rule.arguments:
            continue
        first, *mixtures = values_of(rule, own, hidden)
        for values in mixtures:
            if values == first:
                continue  # the organisation is the same
            for method in sorted((rule.methods or set()) & set(METHODS)):
                response = browser.ask(method, house.address(rule, values, method))
                is_hidden = values.get("team_id") != own.ids["team_id"]
                may_not = not is_hidden and ROUTES[rule.endpoint].of(person) == "may not"
                assert told(response) == ("may not" if may_not else "nothing"), (method, rule.endpoint, values)
                for words in (HIDDEN_TEAM, "Más tiempo para escuchar", hidden.tokens["shared_plans.show"]):
                    assert words not in response.get_data(as_text=True), rule.endpoint
                asked += 1
    assert asked > 100
    assert house.version == before


def test_an_id_in_an_address_is_of_a_team_or_for_administrators_only(house: House) -> None:
    """Else nothing would keep a member who is of some teams from another team's."""
    for rule in house.rules(organisations_only=True):
        permission = getattr(house.app.view_functions[rule.endpoint], "required_permission", None)
        assert isinstance(permission, Permission), rule.endpoint
        is_administrators = not may(OrganisationRole.MANAGER, permission)
        others = {name for name in rule.arguments if name.endswith("_id")} - {"organisation_id", *KEPT_APART}
        assert not others or is_administrators or others & {"team_id", "round_id"}, rule.endpoint


KEPT_APART = ("file_id", "campaign_id")
"""A file is only there for the account that asked for it, and gone once its teams change; a campaign only for those who
are of a team of it, who see those teams."""


def assert_names_nothing(response: TestResponse, tenant: Tenant) -> None:
    told_there = response.get_data(as_text=True)
    for words in ("Secret team", "Clínica del Valle", "Más tiempo para escuchar", tenant.tokens["members.join"]):
        assert words not in told_there


def test_no_form_is_taken_without_its_token(house: House) -> None:
    house.restore()
    browsers = {person: Browser(house.tenants, person) for person in ("administrator", "nobody")}
    before = house.version
    for person, browser in browsers.items():
        for rule in house.rules():
            if ROUTES[rule.endpoint].of(person) != "in" or "POST" not in (rule.methods or ()):
                continue
            if rule.endpoint in BY_ANYBODY:
                continue
            (values,) = values_of(rule, house.tenants.ours)
            address = house.address(rule, values, "POST")
            if rule.endpoint.startswith("participate."):  # a cookie that other sites cannot send, and whose page it was
                headers = {"Origin": "https://elsewhere.example"}
                assert browser.client.post(address, headers=headers).status_code == 403, rule.endpoint
                continue
            response = browser.ask("POST", address, with_token=False)
            if rule.endpoint.startswith("respond."):  # the page again; the device stays whose it was
                assert response.status_code in (303, 415, 422), rule.endpoint
                assert "escala_r_" not in str(response.headers), rule.endpoint
            else:
                assert response.status_code == 400, (person, rule.endpoint, response.status_code)
    assert house.version == before


def test_on_https_cookies_and_addresses_stay_there(tmp_path: Path) -> None:
    home = "https://escala.example.com"
    app = create_app(Settings(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite'}", "k" * 40, base_url=home), testing=True)
    app.test_client_class = PageClient
    client, cookies = World.make(app).client(), []
    # A proxy in front speaks https; what arrives here does not.
    for path in ("/sign-in", "/nowhere", "/static/app.css", "/language/es"):
        with client.get(path, base_url="http://escala.example.com") as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
            cookies += answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "escala_language"}
    for cookie in cookies:
        assert "; Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
        assert "Domain" not in cookie
    close_app(app)
