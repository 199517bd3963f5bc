"""The installed command as a process: its exit code, its streams, and pipes that nobody reads any more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

COMMAND = [sys.executable, "-c", "import sys; from assessment.cli.main import main; sys.exit(main())"]
EXAMPLE = ROOT / "examples/equipos.csv"


def environment(**more: str) -> dict[str, str]:
    """A plain environment in English, with buffered output as users have it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}
    return environment | {"LANG": "en_US.UTF-8", "PYTHONPATH": str(ROOT)} | more


def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, check=False, env=environment(**more), timeout=60
    )


def test_the_command_is_installed_beside_python() -> None:
    installed = Path(sys.executable).parent / "escala"
    if not installed.exists():
        pytest.skip("the project is not installed here")
    answer = subprocess.run([installed, "questionnaires", "list"], capture_output=True, check=True, timeout=60)
    assert answer.stdout.startswith(b"service-culture\tv1\t")


def test_the_exit_code_and_the_streams_are_those_of_the_contract(tmp_path: Path) -> None:
    done = run("score", EXAMPLE)
    assert done.returncode == 0
    assert json.loads(done.stdout)["schema"] == "escala.result/1"
    assert b"Read as text" in done.stderr
    refused = run("score", tmp_path / "nothing.csv")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"There is no file with this name" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [["score", EXAMPLE], ["score", EXAMPLE, "--format", "table"], ["template"], ["questionnaires", "list"], ["--help"]],
    ids=lambda arguments: " ".join(str(part) for part in arguments if part != EXAMPLE),
)
def test_a_pipe_whose_reader_has_gone_is_no_failure(arguments: list[object]) -> None:
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    process.stdout.close()
    messages = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert b"rror" not in messages
    assert b"Exception" not in messages


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_files_and_pipes_get_utf_8_whatever_the_system_speaks(encoding: str) -> None:
    table = run("score", EXAMPLE, "--format", "table", "--locale", "es", PYTHONIOENCODING=encoding)
    assert table.returncode == 0
    assert "Panadería San Telmo\n───" in table.stdout.decode("utf-8")
    assert "«contact»" in table.stderr.decode("utf-8")
    assert "Panadería" in run("score", EXAMPLE, PYTHONIOENCODING=encoding).stdout.decode("utf-8")


def test_an_unexpected_failure_is_reported_without_a_traceback(tmp_path: Path) -> None:
    # A package that cannot be imported stands for any internal error.
    (tmp_path / "ruamel").mkdir()
    (tmp_path / "ruamel/__init__.py").write_text("raise ValueError('broken installation')")
    broken = run("questionnaires", "list", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert (broken.returncode, broken.stdout) == (1, b"")
    assert b"Escala failed unexpectedly (ValueError)" in broken.stderr
    assert b"Traceback" not in broken.stderr
    shown = run("questionnaires", "list", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}", ESCALA_DEBUG="1")
    assert shown.returncode == 1
    assert b"broken installation" in shown.stderr


def test_long_work_shows_its_progress_on_a_terminal_and_nowhere_else() -> None:
    pty = pytest.importorskip("pty")
    terminal, child_end = pty.openpty()
    subprocess.run(
        [*COMMAND, "score", str(EXAMPLE)],
        stdout=subprocess.DEVNULL,
        stderr=child_end,
        env=environment(),
        check=True,
        timeout=60,
    )
    os.close(child_end)
    shown = b""
    with open(terminal, "rb", buffering=0) as terminal:  # noqa: PTH123 - a terminal has no path
        while b"7/7" not in shown:
            shown += terminal.read(4096)
    assert "█".encode() in shown
    assert "█".encode() not in run("score", EXAMPLE).stderr
