"""`escala create-admin` and `escala reset-password`, from a terminal and from a script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.store.accounts import find_account
from assessment.store.database import Database, make_engine


def escala(folder: Path, *arguments: str, locale: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assessment.cli", *arguments, "--locale", locale],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def stored_password(folder: Path, email: str) -> str:
    engine = make_engine(f"sqlite:///{folder / 'instance' / 'escala.sqlite'}")
    with Database(engine).reading() as session:
        account = find_account(session, email)
        assert account
        password_hash = str(account.password)
    engine.dispose()
    return password_hash


def test_an_account_is_made_and_its_password_shown_once(tmp_path: Path) -> None:
    done = escala(tmp_path, "create-admin", "Ana@Example.com")
    assert done.returncode == 0, done.stderr
    assert "ana@example.com is ready" in done.stderr
    assert len(done.stdout.strip()) == 16
    assert stored_password(tmp_path, "ana@example.com").startswith("$argon2id$")


@pytest.mark.parametrize("locale", ["es", "en"])
def test_an_existing_account_is_not_created_again(tmp_path: Path, locale: str) -> None:
    escala(tmp_path, "create-admin", "ana@example.com")
    again = escala(tmp_path, "create-admin", "ANA@example.com", locale=locale)
    assert again.returncode == 2
    assert "escala reset-password" in again.stderr
    assert not again.stdout


def test_a_word_that_is_no_address_is_refused(tmp_path: Path) -> None:
    refused = escala(tmp_path, "create-admin", "ana")
    assert refused.returncode == 2
    assert "“ana” is no e-mail address." in refused.stderr


def test_a_password_is_replaced(tmp_path: Path) -> None:
    escala(tmp_path, "create-admin", "ana@example.com")
    before = stored_password(tmp_path, "ana@example.com")
    done = escala(tmp_path, "reset-password", "ana@example.com")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) == 16
    assert stored_password(tmp_path, "ana@example.com") != before


def test_a_password_without_an_account_is_not_replaced(tmp_path: Path) -> None:
    refused = escala(tmp_path, "reset-password", "nobody@example.com")
    assert refused.returncode == 2
    assert "No account has the e-mail nobody@example.com." in refused.stderr
