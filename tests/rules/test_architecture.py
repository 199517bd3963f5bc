"""Rules of the architecture that no linter checks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

PRODUCT = ("assessment", "reports", "scripts", "bench")
HEAVY = {"weasyprint", "openpyxl", "xlsxwriter", "babel", "pydantic", "jinja2", "ruamel", "fontTools", "hypothesis"}


def modules(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, at its top or inside functions."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            imported.add(node.module or "")
    return imported


def test_the_domain_imports_nothing_but_the_standard_library_and_itself() -> None:
    paths = modules("assessment/domain")
    assert paths
    for path in paths:
        for name in imports_of(path):
            assert name.startswith("assessment.domain") or name.partition(".")[0] in sys.stdlib_module_names, path


@pytest.mark.parametrize(
    "forbidden", ["os", "pathlib", "time", "io", "logging", "gettext", "subprocess", "socket", "sqlite3"]
)
def test_the_domain_touches_nothing_outside_itself(forbidden: str) -> None:
    for path in modules("assessment/domain"):
        assert forbidden not in {name.partition(".")[0] for name in imports_of(path)}, path


def test_the_domain_has_no_clock() -> None:
    for path in modules("assessment/domain"):
        assert not re.search(r"\b(?:now|today|utcnow)\(", path.read_text("utf-8")), path


def test_every_module_says_what_it_is() -> None:
    for path in modules("assessment", "reports"):
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


@pytest.mark.parametrize("folder", ["questionnaires", "templates"])
def test_data_and_templates_hold_no_program(folder: str) -> None:
    kinds = {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert kinds
    assert kinds <= {"questionnaires": {".yaml"}, "templates": {".html", ".txt"}}[folder]


def templates() -> list[Path]:
    return [path for folder in ("templates", "reports") for path in sorted((ROOT / folder).rglob("*.html"))]


def test_no_template_has_a_style_attribute_a_program_or_a_foreign_address() -> None:
    """A script may be referred to by its file, with the page's nonce; none is inline."""
    assert templates()
    for path in templates():
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle\s*=", text, re.IGNORECASE), path
        assert not re.search(r"\son\w+\s*=\s*[\"']|javascript:", text, re.IGNORECASE), path
        for script in re.findall(r"<script[^>]*>", text, re.IGNORECASE):
            assert re.search(r"\ssrc=", script), path
        assert not re.search(r"https?://", text.replace("http://www.w3.org/2000/svg", "")), path
        assert "|safe" not in text.replace(" ", ""), path


JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
MARKUP = re.compile(r"<style>.*?</style>|<[^>]+>|&\w+;", re.DOTALL)


def test_every_text_of_a_template_can_be_translated() -> None:
    """All but the style guide, a page for developers."""
    for path in templates():
        if path.parent.name == "styleguide":
            continue
        text = MARKUP.sub(" ", JINJA.sub(" ", path.read_text("utf-8")))
        assert set(re.findall(r"[^\W\d_]{3,}", text)) <= {"Escala"}, path


def test_help_needs_nothing_heavy() -> None:
    program = (
        "import sys\nfrom assessment.cli.main import main\n"
        "try:\n    main(['plan', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "argparse" in loaded
    assert loaded & HEAVY == set()


def test_scoring_a_csv_file_needs_neither_documents_nor_workbooks() -> None:
    program = (
        "import sys\nfrom assessment.cli.main import main\n"
        "main(['score', 'examples/mesa-de-ayuda.csv'])\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert set(done.stdout.splitlines()[-1].split()) & {"weasyprint", "openpyxl", "xlsxwriter", "fontTools"} == set()


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in ("make run", "make test"):
        assert re.search(rf"^\s*(?:\$ )?{command}\b", readme, re.MULTILINE), command


def test_what_the_readme_and_the_guides_point_to_exists() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not target.startswith(("http", "mailto:")):
                assert (page.parent / target).exists(), f"{page}: {target}"


def test_pictures_of_the_readme_are_there_described_and_light() -> None:
    pictures = re.findall(r"<img\b[^>]*>", (ROOT / "README.md").read_text("utf-8"))
    assert pictures
    for picture in pictures:
        source = re.search(r'src="([^"]+)"', picture)
        assert source
        assert re.search(r'alt="[^"]{20,}"', picture), source[1]
        assert (ROOT / source[1]).stat().st_size < 150_000, source[1]


def test_the_top_of_the_tree_has_no_loose_module() -> None:
    assert {path.name for path in ROOT.glob("*.py")} == {"hatch_build.py"}


LONGEST_TEMPLATE_LINE = 140


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            assert len(line) <= LONGEST_TEMPLATE_LINE, f"{path}:{number}"


def test_every_feature_of_the_web_application_is_kept_apart_from_the_others() -> None:
    """A new folder under assessment/web needs its line in the contract of import-linter."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (independent,) = [contract for contract in contracts if contract["type"] == "independence"]
    features = {path.parent.name for path in (ROOT / "assessment/web").glob("*/__init__.py")}
    assert {name.rpartition(".")[2] for name in independent["modules"]} == features
