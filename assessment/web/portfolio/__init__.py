"""All teams of an organisation in one look, with a workbook and a summary of it."""

from assessment.web.portfolio.views import blueprint

__all__ = ["blueprint"]
