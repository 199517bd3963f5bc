"""`escala create-admin` and `escala reset-password`, from a terminal and from a script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.store.accounts import find_account
from assessment.store.database import Database, make_engine
from tests.cli.here import escala_in
from tests.conftest import ROOT


def stored_password(folder: Path, email: str) -> str:
    engine = make_engine(f"sqlite:///{folder / 'instance' / 'escala.sqlite'}")
    with Database(engine).reading() as session:
        account = find_account(session, email)
        assert account
        password_hash = str(account.password)
    engine.dispose()
    return password_hash


def test_an_account_is_made_and_its_password_shown_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assessment.cli", "create-admin", "Ana@Example.com", "--locale", "en"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ana@example.com is ready" in done.stderr
    assert len(done.stdout.strip()) == 16
    assert stored_password(tmp_path, "ana@example.com").startswith("$argon2id$")


@pytest.mark.parametrize("locale", ["es", "en"])
def test_an_existing_account_is_not_created_again(tmp_path: Path, locale: str) -> None:
    escala_in(tmp_path, "create-admin", "ana@example.com")
    again = escala_in(tmp_path, "create-admin", "ANA@example.com", locale=locale)
    assert again.code == 2
    assert "escala reset-password" in again.err
    assert not again.out


def test_a_word_that_is_no_address_is_refused(tmp_path: Path) -> None:
    refused = escala_in(tmp_path, "create-admin", "ana")
    assert refused.code == 2
    assert "“ana” is not an e-mail address." in refused.err


def test_a_password_is_replaced(tmp_path: Path) -> None:
    escala_in(tmp_path, "create-admin", "ana@example.com")
    before = stored_password(tmp_path, "ana@example.com")
    done = escala_in(tmp_path, "reset-password", "ana@example.com")
    assert done.code == 0, done.err
    assert len(done.out.strip()) == 16
    assert stored_password(tmp_path, "ana@example.com") != before


def test_a_password_without_an_account_is_not_replaced(tmp_path: Path) -> None:
    refused = escala_in(tmp_path, "reset-password", "nobody@example.com")
    assert refused.code == 2
    assert "No account has the e-mail nobody@example.com." in refused.err
