"""Errors of making a document, in a module that does not import the PDF engine."""

from __future__ import annotations


class MissingFile(Exception):
    """A font or style sheet of Escala is missing: the installation is broken. `name` says which file."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
