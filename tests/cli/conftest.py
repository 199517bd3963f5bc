"""The command as its user sees it: arguments in; exit code, results and messages out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessment.cli.main import main
from tests.services.files import people, save


@dataclass(frozen=True)
class Answer:
    """The output of a command: results are on stdout, messages on stderr."""

    code: int
    out: str
    err: str

    @property
    def messages(self) -> list[str]:
        return self.err.splitlines()


Escala = Callable[..., Answer]


@pytest.fixture
def escala(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Escala:
    """Runs the command, in English by default, and checks that it shows no traceback."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("ESCALA_DEBUG", raising=False)

    def run(*arguments: object, locale: str | None = "en") -> Answer:
        given = [str(argument) for argument in arguments]
        code = _exit_code([*given, "--locale", locale] if locale else given)
        answer = Answer(code, *capsys.readouterr())
        assert "Traceback" not in answer.out + answer.err
        assert "%(" not in answer.out + answer.err
        if code == 2:
            assert answer.err.strip(), "a refusal says why"
            assert answer.out == "", "a refusal has no result"
        return answer

    return run


def _exit_code(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as ended:  # argparse ends so after --help
        return int(ended.code or 0)


@pytest.fixture
def support(tmp_path: Path) -> Path:
    """A good file of one team of eight, judged on two perception points."""
    rows = people([3, 4, 2, 3] * 2, ladder={"contact": 3, "closing": 4}, focus="voice;language")
    return save(tmp_path / "soporte.csv", rows, ["contact", "closing"])
