"""The application for another WSGI server, such as gunicorn: `gunicorn --threads 8 --workers 4 assessment.wsgi:app`.

Settings come from the environment, as for `escala serve`. Each process that imports this does later work as well, in
threads of its own: a server must import it in its worker processes, not before it forks them (no `--preload`).
"""

from __future__ import annotations

import atexit
import gc

from flask import Flask

from assessment.app import close_app, create_app, make_worker
from assessment.cli.console import Console
from assessment.cli.database import read_settings, require_upgraded
from assessment.cli.serve import say_setup_code
from assessment.infra.languages import localisation_from_environment


def _start() -> Flask:
    """Raises `BadUsage` where a setting is wrong or PostgreSQL is not up to date."""
    console = Console(localisation_from_environment())
    settings = read_settings(console.reader)
    require_upgraded(settings, console.reader)
    started = create_app(settings)
    say_setup_code(started, console)
    worker = make_worker(started)
    worker.start()
    gc.collect()
    gc.freeze()  # see `cli.serve`
    atexit.register(close_app, started, worker)
    return started


app = _start()
