"""An e-mail with one link: what is said before and after it, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.infra.languages import Localisation
from reports.engine.html import render_html

TEMPLATE = "emails/message.html"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message's parts: what is said before and after its one link."""

    subject: str
    greeting: str
    before: tuple[str, ...]
    action: str
    link: str
    after: tuple[str, ...]
    footer: str
    unsubscribe: str

    def as_text(self, reader: Localisation) -> str:
        ends = "\n".join((self.footer, reader.gettext("I want no more e-mail of this kind") + ":", self.unsubscribe))
        parts = [self.greeting, *self.before, f"{self.action}:\n{self.link}", *self.after, f"-- \n{ends}"]
        return "\n\n".join(parts) + "\n"

    def as_html(self, reader: Localisation) -> str:
        return render_html(TEMPLATE, reader, letter=self, language=reader.language)
