"""`escala export-organisation` and `escala import-organisation`: from one folder to another."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from assessment.domain.audit import Action
from assessment.infra.countries import COUNTRIES
from assessment.services.audit import get_log
from assessment.services.organisations import create_organisation
from assessment.store.database import Database, make_engine
from assessment.store.organisations import Organisation
from tests.cli.here import escala_in
from tests.databases import migrated_sqlite
from tests.services.build import NOW, make_home
from tests.services.engagements import add_account

PHRASE, WRONG, SHORT = "una frase bien larga", "another phrase", "short"


@pytest.fixture
def folders(tmp_path: Path):
    """A laptop with an organisation, and an office with an account."""
    made = []
    for name in ("laptop", "office"):
        (tmp_path / name / "instance").mkdir(parents=True)
        engine = make_engine(migrated_sqlite(tmp_path / name / "instance" / "escala.sqlite"))
        made.append((tmp_path / name, Database(engine)))
    (_, laptop), (_, office) = made
    make_home(laptop, "Alegra")
    add_account(office)
    yield made
    for _, database in made:
        database.engine.dispose()


def test_an_organisation_goes_from_the_laptop_to_the_office_encrypted(folders) -> None:
    (laptop, there), (office, here) = folders
    file = laptop.parent / "alegra.escala"
    secret = laptop.parent / "secret"
    secret.write_text(f"{PHRASE}\r\n", encoding="utf-8")
    done = escala_in(laptop, "export-organisation", "ALEGRA", file, "--encrypt", "--passphrase-file", secret)
    assert (done.code, done.out) == (0, ""), done.err
    assert "holds 1 team and 0 rounds." in done.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"Alegra" not in file.read_bytes()
    assert "exists already" in escala_in(laptop, "export-organisation", "Alegra", file).err
    missing = escala_in(office, "import-organisation", file)
    assert (missing.code, missing.out) == (2, "")
    assert "The passphrase is missing" in missing.err
    wrong = escala_in(office, "import-organisation", file, ESCALA_PASSPHRASE=WRONG, locale="es")
    assert (wrong.code, wrong.out) == (2, "")
    assert "no abre este archivo" in wrong.err
    assert "No se cambió nada." in wrong.err
    brought = escala_in(office, "import-organisation", file, ESCALA_PASSPHRASE=PHRASE)
    assert (brought.code, brought.err) == (0, "“Alegra” is here now.\n")
    again = escala_in(office, "import-organisation", file, ESCALA_PASSPHRASE=PHRASE)
    assert (again.code, "Nothing was changed" in again.err) == (0, True)
    for database, action, parts in (
        (there, Action.TOOK_ENGAGEMENT, ("command-line",)),
        (here, Action.IMPORTED_ENGAGEMENT, ("new", "command-line")),
    ):
        with database.reading() as session:
            organisation = session.scalars(select(Organisation)).one()
            events = get_log(session, organisation_id=organisation.id).events
        assert [(event.action, event.email, event.details.parts) for event in events] == [(action, None, parts)]
    assert not list(laptop.parent.glob(".*"))


def test_what_the_command_line_asks_to_be_said_more_exactly(folders) -> None:
    (laptop, there), (office, here) = folders
    file = laptop.parent / "alegra.escala"
    assert "There is no organisation “Alegre”" in escala_in(laptop, "export-organisation", "Alegre", file).err
    founder = add_account(there, "b@example.org")
    with there.writing() as session:
        other = create_organisation(
            session, name="alegra", country=COUNTRIES["CO"], language="es", founder_id=founder, now=NOW
        )
        other_id = other.id
    several = escala_in(laptop, "export-organisation", "Alegra", file)
    assert (several.code, str(other_id) in several.err) == (2, True)
    short = escala_in(laptop, "export-organisation", other_id, file, "--encrypt", ESCALA_PASSPHRASE=SHORT)
    assert "at least 12 characters" in short.err
    assert not file.exists()
    done = escala_in(laptop, "export-organisation", other_id, file, "--with-answers", "--made-by", "Ana")
    assert "what each person answered" in done.err
    add_account(here, "second@example.org")
    assert "--administrator EMAIL" in escala_in(office, "import-organisation", file).err
    nobody = escala_in(office, "import-organisation", file, "--administrator", "x@example.org")
    assert "There is no account “x@example.org”" in nobody.err
    assert escala_in(office, "import-organisation", file, "--administrator", "second@example.org").code == 0
    beside = escala_in(office, "import-organisation", file, "--administrator", "second@example.org", "--as-new")
    assert (beside.code, beside.err) == (0, "“alegra” is here now.\n")
    by_second = ("--administrator", "second@example.org")
    foreign = escala_in(office, "import-organisation", laptop / "instance" / "escala.sqlite", *by_second)
    assert "not an engagement file" in foreign.err
    assert "cannot be read" in escala_in(office, "import-organisation", "none.escala", *by_second).err
