"""Help, languages and wrong usage of the command as a whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Escala

COMMANDS: list[list[str]] = [
    [], ["score"], ["plan"], ["template"], ["questionnaires"],
    ["questionnaires", "list"], ["questionnaires", "check"], ["questionnaires", "show"],
    ["serve"], ["demo"], ["sample"], ["backup"], ["restore"], ["create-admin"], ["reset-password"], ["upgrade"],
    ["export-organisation"], ["import-organisation"],
]  # fmt: skip
OPTIONS = {
    "score": {"--previous", "--questionnaire", "--minimum-group", "--ignore-unknown", "--team-name", "--format"},
    "plan": {
        "--previous", "--questionnaire", "--minimum-group", "--ignore-unknown", "--team-name", "--team", "-o",
        "--output", "--paper", "--blank", "--organisation", "--date",
    },
    "template": {"--questionnaire", "--points", "-o", "--output", "--replace"},
    "serve": {"--host", "--port", "--workers", "--lan"},
    "demo": {"--host", "--port", "--lan"},
    "sample": {"--teams", "--rounds"},
    "backup": {"--replace"},
    "restore": {"--replace"},
    "export-organisation": {"--with-answers", "--made-by", "--encrypt", "--passphrase-file", "--replace"},
    "import-organisation": {"--administrator", "--as-new", "--passphrase-file"},
    "create-admin": set(),
    "reset-password": set(),
    "upgrade": set(),
    "questionnaires": set(),
}  # fmt: skip
TYPED = set(
    "escala score plan template questionnaires list check show help locale previous questionnaire minimum group ignore "
    "unknown format json table team output paper letter blank organisation date points csv xlsx pdf yaml service "
    "culture rubrics serve create admin reset password upgrade host port workers "
    "name demo sample teams rounds backup restore replace instance ctrl sqlite local export import organisation with "
    "answers made encrypt passphrase file administrator".split()
)
"""Words that are typed literally or spelled alike, and so are the same in both languages."""


def words_of(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-zà-ÿ]+", text.lower()) if len(word) > 3} - TYPED


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_in_the_readers_language_and_a_result(command: list[str], escala: Escala) -> None:
    english, spanish = escala(*command, "--help"), escala(*command, "--help", locale="es")
    for answer, usage in ((english, "usage: escala"), (spanish, "uso: escala")):
        assert (answer.code, answer.err) == (0, "")
        assert flat(answer.out).startswith(usage)
    assert words_of(english.out) & words_of(spanish.out) == set()


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("command", OPTIONS)
def test_help_lists_every_option_of_the_contract(command: str, locale: str, escala: Escala) -> None:
    listed = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", escala(command, "--help", locale=locale).out))
    assert listed == OPTIONS[command] | {"-h", "--help", "--locale"}


def test_help_lists_every_command(escala: Escala) -> None:
    for command in OPTIONS:
        assert re.search(rf"^ +{command}\b", escala("--help").out, re.MULTILINE)


def test_without_a_command_the_help_is_a_message(escala: Escala) -> None:
    answer = escala()
    assert answer.code == 2
    assert "score" in answer.err


@pytest.mark.parametrize(
    ("arguments", "english", "spanish"),
    [
        (["score"], "required: FILE", "faltan estos argumentos: ARCHIVO"),
        (["plan", "f.csv"], "required: --team, -o", "faltan"),
        (["plan", "f.csv", "--team"], "--team: expected one argument", "--team:"),
        (["score", "f.csv", "g.csv"], "unrecognized arguments: g.csv", "g.csv"),
        (["scores"], "invalid choice: 'scores'", "no existe 'scores'"),
        (["score", "f.csv", "--format", "xml"], "--format: invalid choice: 'xml'", "--format: no existe 'xml'"),
        (["score", "f.csv", "--minimum-group", "five"], "'five'", "'five'"),
        (["score", "f.csv", "--minimum-group", "0"], "--minimum-group is 0", "--minimum-group es 0"),
        (["score", "f.csv", "--minimum-group", "-1"], "--minimum-group is -1", "--minimum-group es -1"),
        (["plan", "f.csv", "--team", "a", "-o", "a.pdf", "--paper", "a5"], "'a5'", "'a5'"),
        (["plan", "f.csv", "--team", "a", "-o", "a.pdf", "--date", "21/11/2026"], "2026-11-21", "2026-11-21"),
        (
            ["plan", "f.csv", "--team", "a", "-o", "a.pdf", "--date", "9999-12-30"],
            "from 2000 to 2999",
            "de 2000 a 2999",
        ),
        (
            ["plan", "f.csv", "--team", "a", "-o", "a.pdf", "--date", "0001-01-01"],
            "from 2000 to 2999",
            "de 2000 a 2999",
        ),
        (["plan", "f.csv", "--team", "a", "-o", "a.pdf", "--blank=yes"], "--blank: ", "--blank: "),
        (["template", "--points", "contact,ladder:Contact"], "give each once", "--points"),
        (["serve", "--port", "70000"], "0 to 65535", "0 a 65535"),
        (["demo", "--port", "70000"], "0 to 65535", "0 a 65535"),
        (["backup"], "required: FILE", "faltan estos argumentos: ARCHIVO"),
        (["restore"], "required: FILE", "faltan estos argumentos: ARCHIVO"),
        (["questionnaires"], "list | check | show", "list | check | show"),
        (["questionnaires", "drop"], "'drop'", "'drop'"),
        (["questionnaires", "show"], "required: ID", "faltan"),
        (["questionnaires", "check"], "required: PATH", "faltan"),
        (["score", "f.csv", "--questionnaire", "nps"], "use one of service-culture", "service-culture-rubrics"),
        (["template", "--questionnaire", "nps"], "use one of service-culture", "service-culture-rubrics"),
        (["questionnaires", "show", "nps"], "use one of service-culture", "service-culture-rubrics"),
        (["template", "--points", "a,b,A"], "give each once", "--points"),
        (["template", "-o", "a.ods"], "must end in .csv or .xlsx", ".csv o .xlsx"),
        (["template", "-o", "/no/where/a.csv"], "/no/where does not exist", "/no/where no existe"),
        (["plan", "f.csv", "--team", "a", "-o", "/no/where/a.pdf"], "/no/where does not exist", "/no/where no existe"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_explained_in_a_sentence_in_the_readers_language(
    arguments: list[str], english: str, spanish: str, escala: Escala
) -> None:
    answers = escala(*arguments), escala(*arguments, locale="es")
    for answer, sentence in zip(answers, (english, spanish), strict=True):
        assert answer.code == 2
        assert answer.messages[0].startswith("escala: ")
        assert sentence in answer.messages[0]
    given = words_of(" ".join(arguments))
    shared = words_of(answers[0].err) & words_of(answers[1].err)
    assert shared <= given


def test_what_commands_there_are_is_told_only_where_one_was_misspelt(escala: Escala, tmp_path: Path) -> None:
    for mistyped in (["imprt-organisation"], ["import-organisation", "a.zip", "--wrong"]):
        assert "`escala --help`" in escala(*mistyped).messages[-1]
    answer = escala("template", "-o", str(tmp_path / "nowhere" / "a.csv"))
    assert answer.code == 2
    assert "--help" not in answer.err


# Languages


@pytest.mark.parametrize("position", ["before", "after", "joined"])
def test_the_locale_may_stand_before_or_after_the_command(position: str, escala: Escala) -> None:
    given = {
        "before": ["--locale", "en", "questionnaires", "list"],
        "after": ["questionnaires", "list", "--locale", "en"],
        "joined": ["questionnaires", "--locale=en", "list"],
    }[position]
    assert "Service culture" in escala(*given, locale=None).out


def test_spanish_is_the_default(escala: Escala) -> None:
    assert "Cultura de servicio" in escala("questionnaires", "list", locale=None).out


@pytest.mark.parametrize(
    ("environment", "title"),
    [
        ({"LANG": "en_US.UTF-8"}, "Service culture"),
        ({"LANG": "es_MX.UTF-8"}, "Cultura de servicio"),
        ({"LANG": "fr_FR.UTF-8"}, "Cultura de servicio"),
        ({"LANG": "C.UTF-8"}, "Cultura de servicio"),
        ({"LANG": "es_MX", "LC_MESSAGES": "en_GB"}, "Service culture"),
        ({"LC_MESSAGES": "en_GB", "LC_ALL": "es"}, "Cultura de servicio"),
    ],
    ids=str,
)
def test_the_environment_chooses_the_language_where_the_command_does_not(
    environment: dict[str, str], title: str, escala: Escala, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert title in escala("questionnaires", "list", locale=None).out
    assert "Cultura de servicio" in escala("questionnaires", "list", locale="es").out


@pytest.mark.parametrize("tag", ["fr", "de-DE", "", "español", "es-", "x"])
def test_an_unknown_locale_is_refused_with_those_that_are_known(tag: str, escala: Escala) -> None:
    answer = escala("questionnaires", "list", f"--locale={tag}", locale=None)
    assert answer.code == 2
    assert f"«{tag}»" in answer.err
    assert "es-MX" in answer.err


def test_the_country_sets_the_decimals(support, escala: Escala) -> None:
    colombia = escala("score", support, "--format", "table", locale="es-CO").out
    mexico = escala("score", support, "--format", "table", locale="es-MX").out
    assert "3,00" in colombia
    assert colombia.replace(",00", ".00") == mexico
