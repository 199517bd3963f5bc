"""The log tells where something failed, and nothing of what was sent."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import text

from assessment.app import close_app, create_app
from assessment.infra.logging import configure_logging, get_logger
from tests.web.client import PageClient
from tests.web.respond_rounds import world as answering

SECRET = "El carpincho espera en la fila"  # noqa: S105 - what must not be seen


def last_event(log: str) -> dict[str, object]:
    event = json.loads(log.splitlines()[-1])
    assert isinstance(event, dict)
    return event


@pytest.mark.own_app
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_failure_is_told_with_its_trace_and_without_values(
    app: Flask, capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    def fail(word: str) -> str:
        secret = request.form["secret"] + word
        try:
            raise ValueError(secret)
        except ValueError as error:
            raise KeyError(secret) from error

    app.extensions["escala_respondents"].add_url_rule("/failing/<word>", "respond.fail", fail, methods=["POST"])
    client = app.test_client()
    assert isinstance(client, PageClient)
    configure_logging("json" if log_format == "json" else "text")
    answer = client.post("/r/failing/hidden-word?q=hidden-query", data={"secret": SECRET})
    assert answer.status_code == 500
    log = capsys.readouterr().err
    assert "a request failed" in log
    assert "ValueError" in log
    assert "KeyError" in log
    assert "/failing/<word>" in log
    assert "tests/web/test_logging.py" in log
    for secret in (SECRET, "hidden-word", "hidden-query"):
        assert secret not in log
        assert secret not in client.page.text


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_failure_while_answering_names_neither_link_nor_answers(
    capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    with answering(kind) as world_:
        configure_logging("json")
        token = world_.open_round()
        phone = world_.phone("en")
        phone.open_link(token)
        phone.press()
        with world_.database.writing() as session:
            session.execute(text("DROP TABLE drafts"))
        capsys.readouterr()
        answer = phone.fill({"language-1": "3", "go": "next"})
        assert answer.status_code in (500, 503)  # SQLite tells of a missing table as of a full disk
        log = capsys.readouterr().err
    event = last_event(log)
    assert len(log.splitlines()) == 1
    assert event["route"] == "/<handle>/steps/<slug>"
    assert "Error" in str(event["error"])
    assert event["trace"]
    cookies = [cookie.value for cookie in phone._cookies.values()]
    for secret in (token, phone.path.split("/")[2], "language-1", *cookies):
        assert secret not in log


def test_libraries_say_their_sentence_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    logging.getLogger("waitress").info("Client disconnected while serving %s", f"/r/{SECRET}")
    assert capsys.readouterr().err == ""
    logging.getLogger("waitress").error("Exception while serving %s", f"/r/{SECRET}")
    event = last_event(capsys.readouterr().err)
    assert (event["event"], event["library"]) == ("Exception while serving %s", "waitress")
    logging.getLogger("other").warning(f"said {SECRET}")
    assert SECRET not in capsys.readouterr().err


def test_the_system_may_say_what_fails_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    try:
        Path("/no/where").read_text("utf-8")
    except OSError as error:
        get_logger().error("failed", error=error)
    log = capsys.readouterr().err
    assert "No such file or directory" in log
    assert "/no/where" not in log


def test_an_application_logs_in_the_format_of_its_settings(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    settings = app.extensions["escala_settings"]
    close_app(create_app(settings))
    app.test_client().get("/sign-in")
    line = capsys.readouterr().err
    assert "route=/sign-in" in line
    assert "status=200" in line
