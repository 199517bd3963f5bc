"""The codes of everything that can be wrong with a responses file, and of what is worth noting about a good one."""

from __future__ import annotations

from enum import StrEnum


class ProblemCode(StrEnum):
    """What is wrong. Each code has one sentence in `assessment.intake.sentences`."""

    # The file as a whole
    FILE_MISSING = "file-missing"
    FILE_IS_FOLDER = "file-is-folder"
    FILE_FORBIDDEN = "file-forbidden"
    FILE_UNREADABLE = "file-unreadable"
    FILE_NOT_WRITABLE = "file-not-writable"
    FILE_TYPE_UNKNOWN = "file-type-unknown"
    FILE_TOO_LARGE = "file-too-large"
    FILE_EMPTY = "file-empty"
    FILE_IS_PDF = "file-is-pdf"
    FILE_IS_OLD_OFFICE = "file-is-old-office"
    FILE_IS_LOCKED = "file-is-locked"
    FILE_IS_OPENDOCUMENT = "file-is-opendocument"
    FILE_IS_BINARY_EXCEL = "file-is-binary-excel"
    FILE_IS_ARCHIVE = "file-is-archive"
    FILE_IS_WEB_PAGE = "file-is-web-page"
    FILE_HAS_NULS = "file-has-nuls"
    ARCHIVE_WITH_TABLES = "archive-with-tables"
    LETTERS_DAMAGED = "letters-damaged"
    ENCODING_UNKNOWN = "encoding-unknown"
    ENCODING_MIXED = "encoding-mixed"
    WORKBOOK_TOO_LARGE = "workbook-too-large"
    WORKBOOK_TOO_MANY_CELLS = "workbook-too-many-cells"
    WORKBOOK_DAMAGED = "workbook-damaged"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"
    ONE_COLUMN = "one-column"
    NO_ROWS = "no-rows"

    # Rows
    QUOTES_BROKEN = "quotes-broken"
    CELL_HUGE = "cell-huge"
    ROW_TOO_SHORT = "row-too-short"
    ROW_TOO_LONG = "row-too-long"

    # The header
    TEAM_COLUMN_MISSING = "team-column-missing"
    ITEM_COLUMN_MISSING = "item-column-missing"
    ITEM_COLUMNS_MISSING = "item-columns-missing"
    NO_ITEM_COLUMN = "no-item-column"
    SURVEY_CODES = "survey-codes"
    COLUMN_UNKNOWN = "column-unknown"
    COLUMNS_UNKNOWN = "columns-unknown"
    COLUMNS_HOLD_ANSWERS = "columns-hold-answers"
    COLUMN_UNKNOWN_SIMILAR = "column-unknown-similar"
    COLUMN_AMBIGUOUS = "column-ambiguous"
    COLUMN_TWICE = "column-twice"
    HEADER_EMPTY = "header-empty"
    POINT_EMPTY = "point-empty"

    # Cells of any column
    CELL_IS_DATE = "cell-is-date"
    CELL_IS_TRUTH_VALUE = "cell-is-truth-value"
    CELL_IS_ERROR = "cell-is-error"
    FORMULA_WITHOUT_VALUE = "formula-without-value"
    TEXT_TOO_LONG = "text-too-long"
    CONTROL_CHARACTER = "control-character"

    # Answers
    APOSTROPHE = "apostrophe"
    DECIMAL = "decimal"
    OUT_OF_RANGE = "out-of-range"
    FOREIGN_DIGITS = "foreign-digits"
    ANSWER_IS_CODE = "answer-is-code"
    NOT_AN_ANSWER = "not-an-answer"
    NOT_A_STEP = "not-a-step"
    ROLE_UNKNOWN = "role-unknown"
    NOT_AN_OPTION = "not-an-option"
    FOCUS_UNKNOWN = "focus-unknown"
    FOCUS_REPEATED = "focus-repeated"
    FOCUS_TOO_MANY = "focus-too-many"

    # Teams
    TEAM_EMPTY = "team-empty"
    RESPONDENT_TWICE = "respondent-twice"
    CONSENSUS_NOT_ALONE = "consensus-not-alone"


class NoteCode(StrEnum):
    """What the user should know about how a file was read."""

    READ_WITH_SEPARATOR = "read-with-separator"
    READ_WITH_TABS = "read-with-tabs"
    READ_SHEET = "read-sheet"
    READ_IN_ARCHIVE = "read-in-archive"
    HEADER_BELOW = "header-below"
    HEADER_IN_TWO_ROWS = "header-in-two-rows"
    HIDDEN_ROWS = "hidden-rows"
    ROWS_COMPLETED = "rows-completed"
    SIGNS_REMOVED = "signs-removed"
    TEAM_GIVEN = "team-given"
    TEAM_NAME_NOT_USED = "team-name-not-used"
    ANSWERS_IGNORED = "answers-ignored"
    POINTS_BY_ANSWERS = "points-by-answers"
    COLUMNS_BY_SURVEY_CODE = "columns-by-survey-code"
    INDEX_IGNORED = "index-ignored"
    COLUMNS_BY_ID = "columns-by-id"
    COLUMN_BY_NAME = "column-by-name"
    COLUMN_BY_SPANISH_TEXT = "column-by-spanish-text"
    COLUMN_BY_ENGLISH_TEXT = "column-by-english-text"
    COLUMNS_BY_TEXT = "columns-by-text"
    POINTS_IN_ORDER = "points-in-order"
    COLUMNS_IGNORED = "columns-ignored"
    TEAMS_ALIKE = "teams-alike"
