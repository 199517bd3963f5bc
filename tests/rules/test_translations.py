"""Every text of the interface is in both languages, with the same placeholders, and follows the rules for Spanish."""

from __future__ import annotations

import gettext
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.conftest import ROOT

TRANSLATIONS = ROOT / "assessment/translations"
PLACE = re.compile(r"%\(\w+\)[sdr]|%[sdr]")


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="es", abort_invalid=True)


def spanish() -> list[Message]:
    return [message for message in catalogue(TRANSLATIONS / "es/LC_MESSAGES/messages.po") if message.id]


def english_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def ids(messages) -> set[object]:
    return {message.id for message in messages if message.id}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All texts that the code and the templates hold now, collected as `make translations` does."""
    target = tmp_path_factory.mktemp("translations") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", ".", "--mapping-file"]
    command += ["pyproject.toml", "--keyword", "N_", "--output-file", str(target)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=60)
    return catalogue(target)


def test_every_text_of_the_code_is_in_the_spanish_catalogue_and_nothing_else(fresh: Catalog) -> None:
    assert len(ids(fresh)) > 250
    assert ids(fresh) - ids(spanish()) == set(), "run `make translations`, then translate these"
    assert ids(spanish()) - ids(fresh) == set(), "run `make translations`: these are no longer used"


def test_the_template_of_translators_is_up_to_date(fresh: Catalog) -> None:
    assert ids(catalogue(TRANSLATIONS / "messages.pot")) == ids(fresh)


def test_nothing_is_empty_or_in_doubt() -> None:
    for message in spanish():
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in texts_of(message)), message.id


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    compiled = gettext.translation("messages", localedir=TRANSLATIONS, languages=["es"])
    for message in spanish():
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string, "compile it: `make test` does"
        else:
            one, many = message.id
            assert [compiled.ngettext(one, many, n) for n in (1, 2)] == list(message.string)


def test_a_plural_has_its_two_forms() -> None:
    plurals = [message for message in spanish() if not isinstance(message.id, str)]
    assert plurals
    for message in plurals:
        assert len(texts_of(message)) == 2, message.id
        assert PLACE.search(message.id[1]), message.id


def test_both_languages_name_the_same_values() -> None:
    for message in spanish():
        forms = [message.id] if isinstance(message.id, str) else message.id
        for text in texts_of(message):
            assert any(sorted(PLACE.findall(text)) == sorted(PLACE.findall(form)) for form in forms), message.id


def test_a_sentence_is_a_sentence_in_both_languages() -> None:
    for message in spanish():
        english, ends = english_of(message), (".", "?", ":")
        for text in texts_of(message):
            assert text.endswith(ends) == english.endswith(ends), english
            assert (text[0] == " ", text[-1] == " ") == (english[0] == " ", english[-1] == " "), english


def test_a_question_opens_and_closes() -> None:
    for message in spanish():
        for text in texts_of(message):
            assert text.count("¿") == text.count("?"), text
            assert "!" not in text
            assert "¡" not in text


def test_quotation_marks_are_those_of_the_language() -> None:
    for message in spanish():
        assert not re.search("[«»]", english_of(message)), message.id
        for text in texts_of(message):
            assert not re.search("[“”]", text), text
            assert text.count("«") == text.count("»"), text


TU_FORMS = re.compile(
    r"(?<!\w)(tú|tus?|ti|te|contigo|tuy[oa]s?|vos|vosotr[oa]s|vuestr[oa]s?|eres|tienes|puedes|debes|quieres|haz|elige)"
    r"(?!\w)",
    re.IGNORECASE,
)


def test_spanish_speaks_with_usted() -> None:
    for message in spanish():
        for text in texts_of(message):
            assert not TU_FORMS.search(text), text


def test_a_step_of_the_ladder_is_a_peldano_and_never_a_nivel() -> None:
    for message in spanish():
        english = english_of(message).lower()
        for text in texts_of(message):
            if re.search(r"\bsteps?\b", english) and "first step" not in english:
                assert not re.search(r"\bnivel", text, re.IGNORECASE), text


def test_no_spanish_text_is_left_in_english() -> None:
    same = {english_of(message) for message in spanish() if texts_of(message)[0] == english_of(message)}
    sentences = {text for text in same if len(PLACE.sub("", text).split()) > 2}
    assert sentences == set()
