"""Build hook: compiles the translations, and lets the data folders travel inside the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA_FOLDERS = ("examples", "questionnaires", "templates")
"""At the top of a checkout; in a wheel under `assessment/data/`, so that no top-level `templates` is installed."""


def compile_translations(root: Path) -> list[Path]:
    """Writes the .mo beside each .po of the package and returns their paths."""
    compiled = []
    for source in sorted(root.glob("assessment/translations/*/LC_MESSAGES/messages.po")):
        with source.open("rb") as po:
            catalogue = read_po(po, locale=source.parent.parent.name, abort_invalid=True)
        target = source.with_suffix(".mo")
        with target.open("wb") as mo:
            write_mo(mo, catalogue)
        compiled.append(target)
    return compiled


class EscalaBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel or an editable install is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds what git does not hold (.mo) and, except in an editable install, the data folders."""
        root = Path(self.root)
        build_data["artifacts"] += [path.relative_to(root).as_posix() for path in compile_translations(root)]
        if version != "editable":
            build_data["force_include"] |= {str(root / folder): f"assessment/data/{folder}" for folder in DATA_FOLDERS}
