"""All teams in one look, as files and as a page: of 1,000 teams with 8 rounds each, and of rounds of 10,000 answers."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.services.portfolio_files import FileKind, PreparedFile, make_file, prepare_file
from assessment.services.publication import publish_round
from assessment.services.rounds import open_round, stop_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User
from assessment.store.copies import add_copy, read_team_rows
from assessment.store.responses import Response
from bench.large import NOW, ROUNDS, TEAMS, Account, Large, add_organisation, cpu_seconds, large_organisation, sign_in
from bench.timing import Row
from reports.engine.pdf import REPORTS
from reports.executive.build import build_context, build_html, build_pdf
from reports.executive.source import ExecutiveSource

RUNS = 15
FEW, MANY = 10, 10_000
TEAMS_WITH_MANY = 4
"""Each with a round of as many answers."""
T = TypeVar("T")


def rows(made: Large) -> list[Row]:
    return [_workbook(made), *_summary(made), _answers(made)]


def _workbook(made: Large) -> Row:
    reading, prepared = _timed(lambda: _prepare(made, FileKind.WORKBOOK))
    writing, content = _timed(lambda: make_file(prepared))
    return Row(
        f"Workbook of {TEAMS:,} teams × {ROUNDS} rounds: processor time",
        f"{reading + writing:.1f} s ({reading:.1f} s to read, {writing:.1f} s to write {len(content) / 1e6:.1f} MB)",
        "under 15 s",
    )


def _summary(made: Large) -> list[Row]:
    reading, prepared = _timed(lambda: _prepare(made, FileKind.SUMMARY))
    source, reader = prepared.source, prepared.wish.reader
    assert isinstance(source, ExecutiveSource)  # noqa: S101 - a summary was asked for
    html = build_html(build_context(source, reader), reader)

    def weasyprint_alone() -> None:
        document = HTML(string=html, base_url=REPORTS.as_uri() + "/")
        document.write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")

    # In turns, so that a machine that is busy for a while slows both down.
    times = [
        (_timed(lambda: build_pdf(source, reader))[0], _timed(weasyprint_alone)[0])
        for _ in range(6)  # the first warms
    ][1:]
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    return [
        Row(
            "Summary of all teams (PDF): our processor time / WeasyPrint's for the same HTML",
            f"{ours / theirs:.2f} ({ours:.2f} s / {theirs:.2f} s)",
            "under 1.1",
        ),
        Row(f"– reading {TEAMS:,} teams × {ROUNDS} rounds for it", f"{reading:.1f} s", ""),
    ]


def _prepare(made: Large, kind: FileKind) -> PreparedFile:
    asked = {"kind": kind.value, "asked": "", "tag": "", "language": "es", "country": "MX", "paper": "letter"}
    with made.database.reading() as session:
        return prepare_file(
            session,
            organisation_id=made.many.organisation,
            arguments=asked | {"user_id": made.many.user_id},
            now=NOW,
        )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """The processor time of a call, and what it returns."""
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


def _answers(made: Large) -> Row:
    """The same page of organisations whose rounds have few and very many answers."""
    accounts = [_with_answers(made, answers) for answers in (FEW, MANY)]
    times = [
        [cpu_seconds(account.client, f"{account.page}/portfolio") for account in accounts] for _ in range(RUNS + 1)
    ]
    few, many = (statistics.median(column) for column in zip(*times[1:], strict=True))
    return Row(
        f"All teams in one look, {MANY:,} answers a round / {FEW}",
        f"{many / few:.2f} ({1000 * many:.0f} ms / {1000 * few:.0f} ms of CPU)",
        "about 1",
    )


def _with_answers(made: Large, answers: int) -> Account:
    """An organisation of a few teams: one was answered, the others are its copies, answers and all."""
    with made.database.writing() as session:
        model = session.get_one(User, made.many.user_id)
        account, organisation = add_organisation(session, model, f"answers-{answers}")
        team = _answered_team(session, organisation, answers)
        session.flush()
        own = read_team_rows(session, organisation, team)
        for number in range(2, TEAMS_WITH_MANY + 1):
            add_copy(session, own, f"Equipo {number}")
        email, user_id = str(account.email), account.id
    return Account(sign_in(made.app, email), user_id, organisation)


def _answered_team(session: Session, organisation: uuid.UUID, answers: int) -> uuid.UUID:
    """A team with a published round of so many answers."""
    kind = load_team_kinds()[0]
    team = create_team(
        session,
        organisation_id=organisation,
        name="Equipo 1",
        size=answers,
        kind=kind.id,
        points=points_of_kind(kind, "es"),
        now=NOW,
    )
    where: dict[str, Any] = {"organisation_id": organisation}
    opens_at = NOW - dt.timedelta(days=1)
    opened = open_round(
        session, **where, team_id=team.id, name="Ronda", opens_at=opens_at, closes_at=None, now=opens_at
    )
    chance, asked = random.Random(answers), load_questionnaire()  # noqa: S311 - invented answers
    session.execute(
        insert(Response),
        [
            {
                "id": uuid.uuid4(),
                **where,
                "round_id": opened.id,
                "answers": {"role": "staff", "items": {item.id: chance.randint(1, 5) for item in asked.items}},
            }
            for _ in range(answers)
        ],
    )
    stop_round(session, **where, round_id=opened.id, now=NOW)
    publish_round(session, **where, round_id=opened.id, now=NOW)
    return team.id


if __name__ == "__main__":
    with large_organisation() as large:
        for row in rows(large):
            print(f"| {row.name} | {row.measured} | {row.aim} |")
