"""What the commands share: messages to the user, and a sentence for every problem of a file."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assessment.infra.languages import Localisation

if TYPE_CHECKING:
    from assessment.intake.notes import Note
    from assessment.intake.problems import InvalidFile

MAX_PROBLEMS = 20


class BadUsage(Exception):
    """The command line was used wrongly; the text is a sentence for the user."""


class MistypedCommand(BadUsage):
    """No command is called like that, or it has no such option: what there is, `--help` tells."""


def own_command() -> str:
    """How this program is called from a terminal: by its name where the shell finds it, else as it was started."""
    started = Path(sys.argv[0])
    found = shutil.which("escala")
    if started.stem != "escala" or (found and started.exists() and Path(found).samefile(started)):
        return "escala"
    # A terminal of Windows takes single quotes for letters.
    return subprocess.list2cmdline([str(started)]) if sys.platform == "win32" else shlex.quote(str(started))


class Console:
    """Messages to stderr in the reader's language. What nobody can read any more stops nothing."""

    def __init__(self, reader: Localisation) -> None:
        self.reader = reader

    def say(self, words: str) -> None:
        with suppress(OSError):
            print(words, file=sys.stderr, flush=True)

    def say_error(self, words: str) -> None:
        self.say(f"escala: {words}")

    def progress(self, total: int) -> Callable[[str], None]:
        """A progress bar on a terminal, if there are two teams or more; nothing if stderr is a file or a pipe."""
        if total < 2 or not sys.stderr.isatty():
            return lambda team: None
        done = 0

        def advance(team: str) -> None:
            nonlocal done
            done += 1
            bar = "█" * (30 * done // total)
            end = "\n" if done == total else ""
            print(f"\r{bar:<30} {done}/{total}", end=end, file=sys.stderr, flush=True)

        return advance

    def say_problems(self, sentences: Sequence[str], count: int | None = None) -> None:
        """One line per problem, at most `MAX_PROBLEMS`, then how many more there are."""
        total = len(sentences) if count is None else count
        for sentence in sentences[:MAX_PROBLEMS]:
            self.say(sentence)
        if total > MAX_PROBLEMS:
            more = total - MAX_PROBLEMS
            self.say(self.reader.ngettext("… and %(n)s more problem.", "… and %(n)s more problems.", more))

    def say_invalid_file(self, error: InvalidFile) -> None:
        from assessment.intake.problems import UNKNOWN_COLUMNS, ProblemCode, describe

        self.say_notes(Path(error.file), error.notes)
        sentences = [f"{error.file}: {describe(problem, self.reader)}" for problem in error.problems[:MAX_PROBLEMS]]
        self.say_problems(sentences, error.count)
        codes = {problem.code for problem in error.problems}
        if codes & UNKNOWN_COLUMNS:
            self.say(self.reader.gettext("With --ignore-unknown, columns that Escala does not know are left out."))
        if ProblemCode.TEAM_COLUMN_MISSING in codes:
            self.say(self.reader.gettext("With --team-name NAME, a file of one team needs no column for it."))

    def say_notes(self, file: Path, notes: Iterable[Note]) -> None:
        """How the file was read: nothing is guessed silently."""
        from assessment.intake.notes import describe_note

        for note in notes:
            self.say(f"{file}: {describe_note(note, self.reader)}")
