"""The page of the paper kit, and what it leads to."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.web.world import World


@pytest.mark.parametrize(("language", "words"), [("es", "Material en papel"), ("en", "Paper kit")])
def test_all_sheets_come_in_one_file_in_the_language_that_is_chosen(world: World, language: str, words: str) -> None:
    client = world.client("manager", language)
    client.get(f"{world.team_address}/rounds/new")
    assert f"{world.team_address}/paper-kit" in client.page.links
    client.get(f"{world.team_address}/paper-kit")
    assert client.page.h1 == words
    answer = client.get(f"{world.team_address}/paper-kit/all.zip?language=en&paper=a4")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as kit:
        assert len(kit.namelist()) == 6
        assert all(name.endswith("-mesa-de-ayuda-en-a4.pdf") for name in kit.namelist())
        assert all(kit.read(name).startswith(b"%PDF-") for name in kit.namelist())


def test_a_sheet_by_itself_is_shown_in_the_browser(world: World) -> None:
    client = world.client("manager")
    answer = client.get(f"{world.team_address}/paper-kit/ballots.pdf?language=es&paper=letter")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == 'inline; filename="papeletas-mesa-de-ayuda-es-letter.pdf"'
    assert client.get(f"{world.team_address}/paper-kit/another.pdf").status_code == 404
