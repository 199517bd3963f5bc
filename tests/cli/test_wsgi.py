"""`assessment.wsgi:app`, for other WSGI servers: several processes on one database."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conftest import ROOT
from tests.databases import fresh_engine

ASK = "from assessment.wsgi import app; print(app.test_client().get('/healthz').text)"
SECRET = "a secret key that only tests know, long enough"  # noqa: S105


def ask(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "ESCALA_DATABASE_URL": url,
        "ESCALA_SECRET_KEY": SECRET,
        "LC_ALL": "en_US.UTF-8",
    }
    return subprocess.run(
        [sys.executable, "-c", ASK],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_each_process_answers_and_knows_the_same_code_for_the_first_visit(tmp_path: Path) -> None:
    with fresh_engine("postgresql", tmp_path) as engine, ThreadPoolExecutor(2) as threads:
        url = engine.url.render_as_string(hide_password=False)
        asked = list(threads.map(lambda _: ask(tmp_path, url), range(2)))
    for done in asked:
        assert (done.returncode, done.stdout) == (0, '{"status":"ok"}\n\n')
    codes = [re.findall(r"the one-time code is ([a-z0-9]{10})\n", done.stderr) for done in asked]
    assert len(codes[0]) == 1
    assert codes[0] == codes[1]


def test_a_database_that_is_not_up_to_date_is_refused(tmp_path: Path) -> None:
    with fresh_engine("postgresql", tmp_path, migrated=False) as engine:
        done = ask(tmp_path, engine.url.render_as_string(hide_password=False))
    assert done.returncode != 0
    assert "The database is not up to date" in done.stderr
