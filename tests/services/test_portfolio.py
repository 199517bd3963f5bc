"""All teams in one look: every cell is a team's own released figure, and nothing else can be worked out from it."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from scipy import stats

from assessment.domain.access import GRANTED, OrganisationRole, Permission
from assessment.domain.answers import Role
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.portfolio import AttentionKind, PillarSums, Standing, between_pillar
from assessment.domain.repetitions import RepetitionRule
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import local_date
from assessment.services.access import get_access
from assessment.services.plans import draft_plan
from assessment.services.portfolio import read_moves_page, read_portfolio
from assessment.services.repetitions import pause_repetition, set_repetition
from assessment.services.results import results
from assessment.services.rounds import open_round, stop_round
from assessment.services.teams import LongTag, TooManyTags, get_tags, list_tags, set_tags
from assessment.store.plan_actions import PlanAction
from tests.services.build import DAY, NOW, answer, kind_of_team, make_home, make_sheet
from tests.services.portfolios import access_to, add_team, portfolio_of, publish, sheets_around
from tests.services.test_overview import statements


def reasons_of(found, name="Mesa de ayuda"):
    return [reason.kind for line in found.lines if line.name == name for reason in line.reasons]


@pytest.mark.both_databases
def test_every_cell_is_what_the_teams_own_results_show(database):
    home = make_home(database)
    other = add_team(database, home, "Almacén")
    round_id = publish(database, home, home.team, [make_sheet(seed) for seed in range(9)])
    publish(database, home, other, [make_sheet(seed) for seed in range(20, 32)])
    found = portfolio_of(database, home)
    assert [line.name for line in found.lines] == ["Almacén", "Mesa de ayuda"]
    line = found.lines[1]
    with database.reading() as session:
        shown = results(session, organisation_id=home.organisation, round_id=round_id).result
    assert {id_: cell.score for id_, cell in line.pillars.items()} == {one.pillar: one.mean for one in shown.pillars}
    assert (line.answered, line.people, line.standing) == (9, 12, Standing.RESULT)
    lowest = [] if shown.has_level_ladder else list(shown.lowest_points)
    names = {point.id: point.name for point in kind_of_team().points}
    assert [name.es for name in line.weakest] == [names[id_].es for id_ in lowest]
    assert line.published_on == local_date(NOW, "America/Bogota")


def test_a_withheld_round_and_a_withheld_pillar_look_withheld_and_have_no_figure(database):
    home = make_home(database)
    few = add_team(database, home, "Almacén")
    publish(database, home, few, sheets_around(3, 3))
    pillar = "language"
    sheets = [*sheets_around(3, 3, seed=2), *sheets_around(3, 6, seed=3, missing=(pillar,))]
    publish(database, home, home.team, sheets)
    found = portfolio_of(database, home)
    withheld, partly = found.lines
    assert (withheld.standing, withheld.pillars) == (Standing.WITHHELD, {})
    assert withheld.answered == 3
    assert partly.pillars[pillar].is_withheld
    assert partly.pillars[pillar].level is None
    assert not partly.pillars["vision"].is_withheld
    assert AttentionKind.WITHHELD in reasons_of(found)
    assert AttentionKind.WITHHELD in reasons_of(found, "Almacén")
    [reason] = [reason for reason in partly.reasons if reason.kind is AttentionKind.WITHHELD]
    assert [name.en for name in reason.names] == ["Common service language"]
    assert found.over == {}, "one team alone has no figure for everybody"


def spread(interval, n):
    """The SD that a 95 % interval of a mean tells."""
    return (interval[1] - interval[0]) / 2 * n**0.5 / stats.t.ppf(0.975, n - 1)


def test_a_figure_for_everybody_is_the_mean_over_all_people_of_the_teams_that_are_shown(database):
    home = make_home(database)
    others = [add_team(database, home, name, size=30) for name in ("Almacén", "Caja", "Taller")]
    rounds = [publish(database, home, home.team, sheets_around(3, 9, seed=1))]
    rounds.append(publish(database, home, others[0], sheets_around(4, 20, seed=2)))
    publish(database, home, others[1], sheets_around(2, 4, seed=3))  # withheld: takes no part
    publish(database, home, others[2], [make_sheet(1, role=Role.CONSENSUS)], mode=RoundMode.CONSENSUS)
    found = portfolio_of(database, home)
    over = found.over["language"]
    assert (over.teams, over.people) == (2, 29)
    with database.reading() as session:
        shown = [results(session, organisation_id=home.organisation, round_id=id_).result.pillars for id_ in rounds]
    for few, many in zip(*shown, strict=True):
        # Off anything more exact, whoever makes up one team's answers would read what is not shown of the other.
        assert found.over[few.pillar].mean == round((9 * few.mean + 20 * many.mean) / 29, 1)
        sums = PillarSums(
            teams=2,
            people=29,
            total=9 * few.mean + 20 * many.mean,
            squares=9 * few.mean**2 + 20 * many.mean**2,
            within=sum((n - 1) * spread(one.ci95, n) ** 2 for one, n in ((few, 9), (many, 20)) if one.ci95),
            within_df=sum(n - 1 for one, n in ((few, 9), (many, 20)) if one.ci95),
            has_bound=False,
        )
        between = between_pillar(few.pillar, sums)
        assert found.over[few.pillar].may_rank == between.ranking_allowed


def test_a_tag_chooses_rows_and_makes_no_other_figure(database):
    home = make_home(database)
    other = add_team(database, home, "Almacén")
    third = add_team(database, home, "Caja")
    for seed, team in enumerate((home.team, other, third)):
        publish(database, home, team, sheets_around(2 + seed, 9, seed=seed))
    with database.writing() as session:
        set_tags(session, organisation_id=home.organisation, team_id=other, tags=["Norte"])
        set_tags(session, organisation_id=home.organisation, team_id=third, tags=["NORTE", "Ventas"])
    everything, chosen = portfolio_of(database, home), portfolio_of(database, home, tag="norte")
    assert [line.name for line in chosen.lines] == ["Almacén", "Caja"]
    assert chosen.over == everything.over
    assert chosen.tags == everything.tags == {"norte": "Norte", "ventas": "Ventas"}
    assert portfolio_of(database, home, tag="sur").lines == []


def test_where_a_team_is_shown_as_a_bound_nothing_is_said_of_everybody(database):
    home = make_home(database)
    other = add_team(database, home, "Almacén")
    publish(database, home, home.team, sheets_around(9, 9))  # all say five, or nearly
    publish(database, home, other, sheets_around(3, 9))
    found = portfolio_of(database, home)
    assert {line.name: line.pillars["language"].score for line in found.lines}["Mesa de ayuda"] == 4.8
    assert found.over == {}


def test_teams_are_put_in_order_only_where_they_differ_by_more_than_chance(database):
    home = make_home(database)
    other = add_team(database, home, "Almacén")
    publish(database, home, home.team, sheets_around(2, 12, seed=1))
    publish(database, home, other, sheets_around(2, 12, seed=1))
    alike = portfolio_of(database, home, sort="language")
    assert alike.may_sort == frozenset()
    assert alike.sort == ""
    assert [line.name for line in alike.lines] == ["Almacén", "Mesa de ayuda"]


def test_teams_that_differ_stand_in_tiers_and_those_without_a_figure_below(database):
    home = make_home(database)
    names = ("Almacén", "Bodega", "Caja", "Despacho")
    teams = [add_team(database, home, name) for name in names]
    publish(database, home, teams[0], sheets_around(2, 12, seed=1))
    publish(database, home, teams[1], sheets_around(4, 12, seed=2))
    publish(database, home, teams[2], sheets_around(4, 12, seed=2))
    found = portfolio_of(database, home, sort="language")
    assert found.sort == "language"
    assert [line.name for line in found.lines] == ["Bodega", "Caja", "Almacén", "Despacho", "Mesa de ayuda"]
    assert [found.tiers.get(line.team_id) for line in found.lines] == [1, 1, 2, None, None]
    assert [line.standing for line in found.lines[3:]] == [Standing.NO_ROUND, Standing.NO_ROUND]


def test_reasons_name_what_is_late_and_what_has_no_plan(database):
    home = make_home(database)
    round_id = publish(database, home, home.team, sheets_around(3, 12))
    fresh = portfolio_of(database, home, now=NOW + 13 * DAY)
    assert AttentionKind.NO_PLAN not in reasons_of(fresh)
    assert AttentionKind.NO_PLAN in reasons_of(portfolio_of(database, home, now=NOW + 14 * DAY))
    with database.writing() as session:
        plan = draft_plan(
            session,
            organisation_id=home.organisation,
            round_id=round_id,
            drawn_on=local_date(NOW, "America/Bogota"),
            now=NOW,
        )
        actions = list(plan.current_actions)
        actions[0].due_on, actions[0].status = dt.date(2026, 11, 25), ActionStatus.DOING
        actions[2].status = ActionStatus.BLOCKED
        actions[1].due_on, actions[1].status = dt.date(2026, 11, 25), ActionStatus.DONE
        for action in actions[2:]:
            action.due_on = dt.date(2027, 1, 20)
        count = len(actions)
    found = portfolio_of(database, home, now=NOW + 14 * DAY)
    assert reasons_of(found) == [AttentionKind.LATE, AttentionKind.STUCK]
    progress = found.lines[0].progress
    assert (progress.total, progress.done, progress.late, progress.stuck) == (count, 1, 1, 1)
    assert [one.name for one in found.attention] == ["Mesa de ayuda"]
    with database.reading() as session:
        assert session.query(PlanAction).count() == count


def test_few_answers_and_half_a_year_without_a_round_need_attention(database):
    home = make_home(database, size=20)
    publish(database, home, home.team, sheets_around(3, 9))
    assert AttentionKind.FEW_ANSWERED in reasons_of(portfolio_of(database, home))
    assert AttentionKind.NO_ROUND not in reasons_of(portfolio_of(database, home, now=NOW + 182 * DAY))
    assert AttentionKind.NO_ROUND in reasons_of(portfolio_of(database, home, now=NOW + 183 * DAY))


def _begin(database, team_id, home, *, opens_at, now, name="Ronda 2"):
    with database.writing() as session:
        opened = open_round(
            session,
            organisation_id=home.organisation,
            team_id=team_id,
            name=name,
            opens_at=opens_at,
            closes_at=None,
            now=now,
        )
        return opened.id, opened.link_token


def test_a_team_without_recent_results_is_told_of_as_it_stands(database):
    home = make_home(database, size=12)
    now = NOW + 200 * DAY
    names = ("Abierta", "Cerrada", "Lista", "Nunca", "Planeada")
    teams = {name: add_team(database, home, name, now=NOW) for name in names}
    publish(database, home, home.team, sheets_around(3, 12))
    publish(database, home, teams["Cerrada"], sheets_around(3, 12))
    rounds = {}
    for name, answers in (("Abierta", 3), ("Cerrada", 9), ("Lista", 11)):
        rounds[name], link = _begin(database, teams[name], home, opens_at=now - DAY, now=now - DAY)
        for sheet in sheets_around(3, answers):
            answer(database, link, sheet, now=now)
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=rounds["Cerrada"], now=now)
    rounds["Planeada"], _link = _begin(database, teams["Planeada"], home, opens_at=now + 3 * DAY, now=now)
    found = portfolio_of(database, home, now=now)
    kinds = {
        "Abierta": AttentionKind.ROUND_OPEN,
        "Cerrada": AttentionKind.ROUND_CLOSED,
        "Lista": AttentionKind.ROUND_READY,
        "Nunca": AttentionKind.FIRST_ROUND,
        "Mesa de ayuda": AttentionKind.NO_ROUND,
    }
    for name, kind in kinds.items():
        assert kind in reasons_of(found, name), name
    assert reasons_of(found, "Planeada") == []  # its day is set: nobody has to do anything
    of_rounds = set(kinds.values())
    for line in found.lines:
        if line.name == "Planeada":
            continue
        told = [reason for reason in line.reasons if reason.kind in of_rounds]
        assert [reason.round_id for reason in told] == [rounds.get(line.name)], line.name
    [ready] = [reason for line in found.lines for reason in line.reasons if reason.kind is AttentionKind.ROUND_READY]
    assert (ready.count, ready.of) == (11, 12)


def test_rounds_that_repeat_are_late_after_their_own_interval_and_a_month(database):
    home = make_home(database, size=12)
    publish(database, home, home.team, sheets_around(3, 12))
    published_on = local_date(NOW, "America/Bogota")
    with database.writing() as session:
        where = {"organisation_id": home.organisation, "team_id": home.team}
        set_repetition(session, **where, rule=RepetitionRule(12, published_on), open_days=8, now=NOW)
    assert AttentionKind.NO_ROUND not in reasons_of(portfolio_of(database, home, now=NOW + 200 * DAY))
    told = reasons_of(portfolio_of(database, home, now=NOW + 400 * DAY))
    assert AttentionKind.OVERDUE in told
    assert AttentionKind.NO_ROUND not in told
    with database.writing() as session:
        pause_repetition(session, **where, now=NOW)
    assert AttentionKind.NO_ROUND in reasons_of(portfolio_of(database, home, now=NOW + 200 * DAY))


def test_a_round_that_waits_for_somebody_is_a_reason_also_where_results_are_recent(database):
    home = make_home(database, size=12)
    publish(database, home, home.team, sheets_around(3, 12))
    now = NOW + 30 * DAY
    round_id, link = _begin(database, home.team, home, opens_at=now - DAY, now=now - DAY)
    assert AttentionKind.ROUND_OPEN not in reasons_of(portfolio_of(database, home, now=now))
    for sheet in sheets_around(3, 10):
        answer(database, link, sheet, now=now)
    assert AttentionKind.ROUND_READY in reasons_of(portfolio_of(database, home, now=now))
    with database.writing() as session:
        stop_round(session, organisation_id=home.organisation, round_id=round_id, now=now)
    assert AttentionKind.ROUND_CLOSED in reasons_of(portfolio_of(database, home, now=now))


def test_only_teams_that_need_attention_may_be_shown(database):
    home = make_home(database)
    add_team(database, home, "Almacén", now=NOW - 200 * DAY)
    found = portfolio_of(database, home, only_attention=True)
    assert [line.name for line in found.lines] == ["Almacén"]
    assert found.attention_total == 1
    assert found.teams == 2


def test_movement_counts_pillars_up_and_down_in_each_round(database):
    home = make_home(database)
    publish(database, home, home.team, sheets_around(2, 12, seed=1), name="Ronda 1")
    publish(database, home, home.team, sheets_around(4, 12, seed=2), now=NOW + 90 * DAY, name="Ronda 2")
    publish(database, home, home.team, sheets_around(2, 12, seed=3), now=NOW + 180 * DAY, name="Ronda 3")
    with database.reading() as session:
        found = read_moves_page(session, access=access_to(session, home), tag="", page=1)
    [moves] = found.teams
    assert [(one.name, one.up, one.down) for one in moves.rounds] == [
        ("Ronda 1", 0, 0),
        ("Ronda 2", 12, 0),
        ("Ronda 3", 0, 12),
    ]
    assert AttentionKind.WORSE in reasons_of(portfolio_of(database, home, now=NOW + 180 * DAY))


@pytest.mark.both_databases
def test_long_lists_are_cut_into_pages(database):
    home = make_home(database)
    for number in range(3):
        add_team(database, home, f"Equipo {number}")
    pages = [portfolio_of(database, home, page=page, size=3) for page in (1, 2, 9)]
    assert [[line.name for line in one.lines] for one in pages] == [
        ["Equipo 0", "Equipo 1", "Equipo 2"],
        ["Mesa de ayuda"],
        ["Mesa de ayuda"],
    ]


@pytest.mark.both_databases
def test_teams_of_another_organisation_are_in_no_row_no_figure_and_no_tag(database):
    home, other = make_home(database), make_home(database, name="Otra")
    for seed, one in enumerate((home, other)):
        publish(database, one, one.team, sheets_around(3, 9, seed=seed))
        with database.writing() as session:
            set_tags(session, organisation_id=one.organisation, team_id=one.team, tags=[f"Tag {seed}"])
    found = portfolio_of(database, home)
    assert [line.team_id for line in found.lines] == [home.team]
    assert found.tags == {"tag 0": "Tag 0"}
    assert found.over == {}


@pytest.mark.both_databases
def test_a_tag_is_kept_once_and_spelt_as_other_teams_have_it(database):
    home = make_home(database)
    other = add_team(database, home, "Almacén")
    where = {"organisation_id": home.organisation}
    with database.writing() as session:
        set_tags(session, **where, team_id=home.team, tags=["Región Norte", " Ventas ", "ventas", ""])
        set_tags(session, **where, team_id=other, tags=["region norte"])
    with database.reading() as session:
        assert get_tags(session, **where, team_id=home.team) == ("Región Norte", "Ventas")
        assert get_tags(session, **where, team_id=other) == ("Región Norte",)
        assert list_tags(session, **where) == ("Región Norte", "Ventas")
    with database.writing() as session:
        with pytest.raises(TooManyTags):
            set_tags(session, **where, team_id=home.team, tags=[str(number) for number in range(9)])
        with pytest.raises(LongTag):
            set_tags(session, **where, team_id=home.team, tags=["x" * 31])
    with database.reading() as session:
        assert get_tags(session, **where, team_id=home.team) == ("Región Norte", "Ventas")


def test_whoever_manages_or_leads_sees_the_portfolio():
    seers = {role for role in OrganisationRole if Permission.SEE_PORTFOLIO in GRANTED[role]}
    assert seers == set(OrganisationRole) - {OrganisationRole.VIEWER}


def test_whoever_is_of_some_teams_sees_those_and_nothing_over_them(database):
    home = make_home(database, size=40)
    other, third = (add_team(database, home, name, size=40) for name in ("Almacén", "Caja"))
    for seed, team in enumerate((home.team, other, third)):
        publish(database, home, team, sheets_around(3, 12, seed=seed))
    with database.reading() as session:
        own = replace(
            get_access(session, user_id=home.user, organisation_id=home.organisation),
            role=OrganisationRole.MANAGER,
            team_ids=frozenset({home.team, other}),
        )
        found = read_portfolio(session, access=own, now=NOW + DAY)
    assert sorted(line.name for line in found.lines) == ["Almacén", "Mesa de ayuda"]
    assert found.over == {}
    assert portfolio_of(database, home).over


def test_no_group_under_the_minimum_can_be_had_from_what_is_shown_in_any_choice(database):
    """People in any difference of two figures that a reader can put together, by tag, page or time: none, or k."""
    home = make_home(database, size=40)
    sizes = {"Almacén": 12, "Caja": 9, "Taller": 3, "Mesa de ayuda": 8}
    for seed, (name, people) in enumerate(sizes.items()):
        team = home.team if name == "Mesa de ayuda" else add_team(database, home, name, size=40)
        publish(database, home, team, sheets_around(3, people, seed=seed))
        with database.writing() as session:
            set_tags(session, organisation_id=home.organisation, team_id=team, tags=[name[:1]])
    choices = [portfolio_of(database, home)] + [portfolio_of(database, home, tag=name[:1].lower()) for name in sizes]
    for found, pillar in itertools.product(choices, ("language", "vision")):
        shown = {
            line.name: line.pillars[pillar].n
            for line in choices[0].lines
            if pillar in line.pillars and not line.pillars[pillar].is_withheld
        }
        assert shown == {"Almacén": 12, "Caja": 9, "Mesa de ayuda": 8}
        assert found.over[pillar].people == sum(shown.values()), "everybody, less the teams that are shown, is nobody"
        assert found.over[pillar] == choices[0].over[pillar]


@pytest.mark.both_databases
def test_the_page_asks_as_much_of_the_database_for_two_teams_as_for_six(database):
    counts = []
    for teams in (2, 6):
        home = make_home(database, f"Alegra {teams}")
        for number in range(teams):
            publish(database, home, add_team(database, home, f"Equipo {number}"), sheets_around(3, 5, seed=number))
        with database.reading() as session, statements(database) as asked:
            read_portfolio(session, access=access_to(session, home), now=NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 20
