"""Help at hand: one page in plain words, to which every page links where its own subject begins."""

from assessment.web.help.views import blueprint

__all__ = ["blueprint"]
