"""The code of the first visit: the same for all who start a server, and gone once somebody has set it up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from assessment.infra.passwords import new_password
from assessment.services.accounts import add_account
from assessment.services.sample_data import make_sample_data, remove_sample_data
from assessment.services.setup_code import find_setup_code, is_setup_code, prepare_setup_code
from assessment.store.database import Database, make_engine
from tests.services.build import NOW


def code_of(database: Database) -> str | None:
    with database.reading() as session:
        return find_setup_code(session)


@pytest.mark.both_databases
def test_servers_that_start_together_have_one_code(database):
    url = database.engine.url.render_as_string(hide_password=False)
    servers = [Database(make_engine(url)) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        codes = set(threads.map(prepare_setup_code, servers))
    for one in servers:
        one.engine.dispose()
    assert codes == {code_of(database)}
    assert codes == {prepare_setup_code(database)}


def test_before_a_server_was_started_there_is_no_code_to_guess(database):
    with database.reading() as session:
        assert not is_setup_code(session, "")


def test_it_is_gone_with_the_first_account(database):
    code = prepare_setup_code(database)
    assert code
    with database.writing() as session:
        assert is_setup_code(session, f" {code[:5].upper()}-{code[5:]} ")
        add_account(session, email="ana@example.com", password_hash="-", now=NOW)  # noqa: S106
    assert code_of(database) is None
    assert prepare_setup_code(database) is None
    with database.reading() as session:
        assert not is_setup_code(session, code)


def test_whoever_looked_at_sample_data_first_can_use_it_afterwards(database):
    code = prepare_setup_code(database)
    with database.writing() as session:
        sample = make_sample_data(session, [], password=new_password(), now=NOW)
    assert prepare_setup_code(database) is None
    with database.writing() as session:
        remove_sample_data(session, user_id=sample.account.id)
    assert prepare_setup_code(database) == code
