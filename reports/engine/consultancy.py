"""Who accompanies an organisation, as its documents show it: a name, and perhaps a logo, in the foot of each page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consultancy:
    """`logo` is a `data:` URI, or empty. Without a name there is nobody."""

    name: str = ""
    logo: str = ""

    def __bool__(self) -> bool:
        return bool(self.name)


NO_CONSULTANCY = Consultancy()
