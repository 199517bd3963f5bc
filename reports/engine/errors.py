"""What can go wrong with a document, for whoever makes one; without the weight of the PDF engine."""

from __future__ import annotations


class MissingFile(Exception):
    """A font or style sheet that travels with Escala is not there: the installation is broken. `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
