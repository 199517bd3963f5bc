"""Length limits of the content, in characters: what fits a phone, a chart and page 1 (docs/content-guide.md)."""

from __future__ import annotations

from typing import Final

STATEMENT: Final = (40, 110)
RUBRIC_STEM: Final = (30, 110)
RUBRIC_LEVEL: Final = (60, 190)
OPTION_NAME: Final = (3, 40)
OPTION_TEXT: Final = (30, 240)
SUMMARY: Final = (50, 120)
SHORT_NAME: Final = (3, 24)
LIVED: Final = (25, 75)
POINT_NAME: Final = (3, 20)
POINT_DESCRIBED: Final = (30, 95)
ACTION_TITLE: Final = (12, 60)
ACTION_WHAT: Final = (60, 240)
ACTION_WHY: Final = (40, 190)
ACTION_FIRST_STEP: Final = (30, 170)
ACTION_OWNER: Final = (4, 50)
ACTION_MEASURE: Final = (15, 110)
