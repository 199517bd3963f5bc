"""Commands in this process: starting Python and importing everything anew takes a second or two each time."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest

from assessment.cli.main import main
from tests.cli.conftest import Answer


def escala_in(folder: Path, *arguments: object, locale: str = "en", **environment: str) -> Answer:
    """Runs the command in a folder, with settings of its own and nobody at a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setenv("LANGUAGE", "")  # the command sets it
        for name, value in environment.items():
            patch.setenv(name, value)
        code = main([*map(str, arguments), "--locale", locale])
    assert "Traceback" not in err.getvalue()
    return Answer(code, out.getvalue(), err.getvalue())
