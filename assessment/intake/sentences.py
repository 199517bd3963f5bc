"""One sentence for each problem and note: English message ids, translated where they are shown.

Sentences of problems that have a line follow a colon ("Line 3, column B: …"), so they start in lower case.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assessment.infra.languages import N_, Localisation
from assessment.intake.codes import NoteCode, ProblemCode

PROBLEM_SENTENCES: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.FILE_MISSING: N_("There is no file with this name; check the name and the folder."),
        ProblemCode.FILE_IS_FOLDER: N_("This is a folder; give the name of a CSV or XLSX file."),
        ProblemCode.FILE_FORBIDDEN: N_(
            "This file may not be opened; close it in other programs, or ask for permission to use it."
        ),
        ProblemCode.FILE_UNREADABLE: N_("This file could not be read; check its disk or connection and try again."),
        ProblemCode.FILE_NOT_WRITABLE: N_("This file could not be written; choose another folder or another name."),
        ProblemCode.FILE_TYPE_UNKNOWN: N_(
            "Only CSV and XLSX files can be written; choose a name that ends in .csv or .xlsx."
        ),
        ProblemCode.FILE_TOO_LARGE: N_(
            "This file is larger than %(limit)s MB; keep only the columns and rows with answers, or divide it."
        ),
        ProblemCode.FILE_EMPTY: N_("This file is empty; write a header row and below it one row for each person."),
        ProblemCode.FILE_IS_PDF: N_("This is a PDF document; open the original table and save it as CSV or XLSX."),
        ProblemCode.FILE_IS_OLD_OFFICE: N_(
            "This is a document of an old Office format (such as .xls); open it and save it as CSV or XLSX."
        ),
        ProblemCode.FILE_IS_LOCKED: N_(
            "This workbook is protected by a password; open it, remove the password and save it again."
        ),
        ProblemCode.FILE_IS_OPENDOCUMENT: N_(
            "This is an OpenDocument file (such as .ods); open it and save it as CSV or XLSX."
        ),
        ProblemCode.FILE_IS_BINARY_EXCEL: N_("This is a binary workbook (.xlsb); open it and save it as CSV or XLSX."),
        ProblemCode.FILE_IS_ARCHIVE: N_(
            "This is a compressed file or a document that is not a table; save the table as CSV or XLSX."
        ),
        ProblemCode.ARCHIVE_WITH_TABLES: N_(
            "This compressed file holds several tables (%(files)s); unpack it and choose the one with the answers."
        ),
        ProblemCode.FILE_IS_WEB_PAGE: N_(
            "This is a web page or XML document, even if its name says otherwise; open it and save it as CSV or XLSX."
        ),
        ProblemCode.FILE_IS_PICTURE: N_(
            "This is a picture, not a table; give the table itself, saved as CSV or XLSX, or type its answers into the "
            "empty file."
        ),
        ProblemCode.FILE_IS_JSON: N_("This is a JSON file, not a table; export the answers as CSV or XLSX."),
        ProblemCode.FILE_IS_LINK: N_(
            "This file is only a link to a Google spreadsheet; open it and choose File → Download → CSV or XLSX."
        ),
        ProblemCode.FILE_IS_RICH_TEXT: N_(
            "This is a text document (RTF), not a table; open the original table and save it as CSV or XLSX."
        ),
        ProblemCode.FILE_HAS_NULS: N_(
            "This file is damaged or is not a table (it holds NUL characters); save the table again as CSV or XLSX."
        ),
        ProblemCode.ENCODING_UNKNOWN: N_(
            "The letters of this file are neither UTF-8 nor Windows-1252; save it again as “CSV UTF-8” or XLSX."
        ),
        ProblemCode.ENCODING_MIXED: N_(
            "Some letters of this file are damaged, as in “%(value)s”; correct them and save it as “CSV UTF-8” or XLSX."
        ),
        ProblemCode.LETTERS_DAMAGED: N_(
            "letters of this file were damaged before it was saved, as in “%(value)s”; go back to the file as it was "
            "exported and give it to Escala as it is, or open it in Excel with “Data → From Text/CSV” instead of a "
            "double click."
        ),
        ProblemCode.WORKBOOK_TOO_LARGE: N_(
            "This workbook would take more than %(limit)s MB when unpacked; copy only the answers to a new workbook."
        ),
        ProblemCode.WORKBOOK_TOO_MANY_CELLS: N_(
            "This workbook has more than %(limit)s cells, empty ones included; copy only the answers to a new workbook."
        ),
        ProblemCode.WORKBOOK_DAMAGED: N_(
            "This workbook is damaged; open it in your spreadsheet program and save it again as “Excel Workbook” "
            "(XLSX), or as CSV."
        ),
        ProblemCode.TOO_MANY_ROWS: N_("This file has more than %(limit)s rows; divide it into several files."),
        ProblemCode.TOO_MANY_COLUMNS: N_(
            "This file has more than %(limit)s columns; delete those that are not part of the questionnaire."
        ),
        ProblemCode.ONE_COLUMN: N_(
            "only one header was found (“%(value)s”); write all headers in the first row, "
            "with commas, semicolons or tabs between them (in a workbook, one in each cell)."
        ),
        ProblemCode.SEPARATOR_UNKNOWN: N_(
            "the columns are divided by %(separator)s; save the file again with commas, semicolons or tabs between "
            "them, or as XLSX."
        ),
        ProblemCode.NO_ROWS: N_("This file has a header but no answers; write one row for each person below it."),
        ProblemCode.QUOTES_BROKEN: N_(
            "a quotation mark in this row is out of place or never closed; "
            "write it twice inside a text, or save the file again as CSV."
        ),
        ProblemCode.CELL_HUGE: N_(
            "one cell of this row is longer than any spreadsheet allows; "
            "look for a quotation mark that is opened and never closed."
        ),
        ProblemCode.ROW_TOO_SHORT: N_(
            "this row ends among the statements: it has fewer cells (%(found)s) than the header (%(expected)s); "
            "complete it, leaving the cells without answer empty."
        ),
        ProblemCode.ROW_TOO_LONG: N_(
            "this row has more cells (%(found)s) than the header (%(expected)s); "
            "put texts that contain the separator between quotation marks."
        ),
        ProblemCode.ROW_IS_TOTAL: N_(
            "this row looks like a total or an average (“%(value)s”), not like a person; delete it, because it would "
            "be counted as one more answer."
        ),
        ProblemCode.TEAM_COLUMN_UNCERTAIN: N_(
            "no header says for sure which column is the team; it could be %(columns)s: write “team” as the header of "
            "the right one, so that no teams are mixed."
        ),
        ProblemCode.TEAM_COLUMN_MISSING: N_(
            "there is no column for the team; add one with the header “team” and write the team's name in each row."
        ),
        ProblemCode.ITEM_COLUMN_MISSING: N_(
            "there is no column for the statement %(item)s (“%(statement)s”); add one with the header “%(item)s”."
        ),
        ProblemCode.ITEM_COLUMNS_MISSING: N_(
            "there are no columns for %(count)s statements: %(columns)s; add them, each with its code or its full text "
            "as the header, and check that it is the right questionnaire."
        ),
        ProblemCode.NO_ITEM_COLUMN: N_(
            "no column is a statement of the questionnaire; use headers such as “%(item)s” or the full statements, "
            "and check that it is the right questionnaire."
        ),
        ProblemCode.SURVEY_CODES: N_(
            "the headers are codes of LimeSurvey (such as “%(value)s”), which do not say which statement is meant; "
            "export the answers from LimeSurvey again with “Full question text” and “Full answers”."
        ),
        ProblemCode.COLUMNS_HOLD_ANSWERS: N_(
            "these columns hold answers, but no statement has their header: %(columns)s; write the statement's code or "
            "full text as the header, “%(example)s” if it is a perception point, or delete the column if it holds "
            "something else."
        ),
        ProblemCode.COLUMNS_UNKNOWN: N_(
            "%(count)s columns are not part of the questionnaire: %(columns)s; delete them, "
            "or ask for unknown columns to be ignored."
        ),
        ProblemCode.COLUMN_UNKNOWN: N_(
            "this column is not part of the questionnaire; correct its header, delete it, "
            "or ask for unknown columns to be ignored."
        ),
        ProblemCode.COLUMN_UNKNOWN_SIMILAR: N_(
            "this column is not part of the questionnaire; did you mean “%(suggestion)s”? "
            "Correct its header, delete it, or ask for unknown columns to be ignored."
        ),
        ProblemCode.COLUMN_AMBIGUOUS: N_(
            "this header could mean more than one column (%(targets)s); write only one of them as the header."
        ),
        ProblemCode.COLUMN_TWICE: N_(
            "this column and column %(other_letter)s (“%(other)s”) both stand for “%(target)s”; keep only one of them."
        ),
        ProblemCode.COLUMNS_TO_JOIN: N_(
            "this column and column %(other_letter)s (“%(other)s”) both stand for “%(target)s”, and each holds a part "
            "of the answers; put them together in one column and delete the other."
        ),
        ProblemCode.HEADER_EMPTY: N_(
            "this column has values (the first in line %(first)s) but no header; write its header or delete the column."
        ),
        ProblemCode.POINT_EMPTY: N_(
            "this header names no perception point; write it after the colon, as in “ladder:contact”."
        ),
        ProblemCode.CELL_IS_DATE: N_(
            "this cell is a date or a time (%(value)s), not an answer; "
            "give it the format “Text” and write the answer again."
        ),
        ProblemCode.CELL_IS_TRUTH_VALUE: N_(
            "this cell is a truth value (%(value)s), not an answer; "
            "give it the format “Text” and write the answer again."
        ),
        ProblemCode.CELL_IS_ERROR: N_(
            "this cell holds a spreadsheet error (%(value)s); correct the formula or write the answer in its place."
        ),
        ProblemCode.FORMULA_WITHOUT_VALUE: N_(
            "this cell holds a formula without a calculated value; "
            "open the file in your spreadsheet program and save it, or write the answer in its place."
        ),
        ProblemCode.TEXT_TOO_LONG: N_(
            "this text (“%(value)s”) is longer than %(limit)s characters; write a shorter one."
        ),
        ProblemCode.CONTROL_CHARACTER: N_(
            "this text (“%(value)s”) holds invisible control characters; delete them or write the text again."
        ),
        ProblemCode.APOSTROPHE: N_(
            "“%(value)s” starts with an apostrophe; delete the apostrophe and leave only the answer."
        ),
        ProblemCode.DECIMAL: N_(
            "“%(value)s” has decimals; write a whole number from %(low)s to %(high)s, “DK” for “Don't know / "
            "doesn't apply”, or leave the cell empty."
        ),
        ProblemCode.OUT_OF_RANGE: N_(
            "“%(value)s” is outside the scale; write a whole number from %(low)s to %(high)s, “DK” for “Don't know "
            "/ doesn't apply”, or leave the cell empty."
        ),
        ProblemCode.FOREIGN_DIGITS: N_(
            "“%(value)s” is written with other digits than 0 to 9; write a whole number from %(low)s to %(high)s."
        ),
        ProblemCode.ANSWER_IS_CODE: N_(
            "the answers are codes of LimeSurvey (such as “%(value)s”), and which answer is meant is not in the file; "
            "export it from LimeSurvey again with “Full answers”."
        ),
        ProblemCode.NOT_AN_ANSWER: N_(
            "“%(value)s” is not an answer of the scale; write a whole number from %(low)s to %(high)s, “DK” for "
            "“Don't know / doesn't apply”, or leave the cell empty."
        ),
        ProblemCode.NOT_A_STEP: N_(
            "“%(value)s” is not a step of the ladder; write a whole number from %(low)s to %(high)s, the step's "
            "name, “DK” for “Don't know / doesn't apply”, or leave the cell empty."
        ),
        ProblemCode.NOT_AN_OPTION: N_(
            "“%(value)s” is none of the options; write one of %(options)s, or leave the cell empty."
        ),
        ProblemCode.ROLE_UNKNOWN: N_(
            "“%(value)s” is not a role; write staff, leader, customer or consensus, or leave the cell empty for staff."
        ),
        ProblemCode.FOCUS_UNKNOWN: N_(
            "“%(value)s” is not a pillar of the questionnaire; "
            "write codes such as “%(example)s”, with “;” between them."
        ),
        ProblemCode.FOCUS_IS_NUMBER: N_(
            "the answers are numbers that the form gave to its options (such as “%(value)s”), and which option is "
            "meant is not in the file; export it again with the texts of the answers (in SurveyMonkey, “Actual answer "
            "text”)."
        ),
        ProblemCode.FOCUS_OPTIONS_UNCLEAR: N_(
            "these columns ask what matters most, but their cells do not say who chose what: %(columns)s; write 1 "
            "where a pillar is chosen and leave the others empty, or use one column “focus”."
        ),
        ProblemCode.NOT_A_MARK: N_(
            "“%(value)s” does not say whether this pillar is chosen; write 1 for a chosen one, or leave the cell empty."
        ),
        ProblemCode.FOCUS_REPEATED: N_("the pillar “%(value)s” is chosen more than once; write it once."),
        ProblemCode.FOCUS_TOO_MANY: N_("more pillars are chosen (%(found)s) than allowed; keep at most %(limit)s."),
        ProblemCode.TEAM_EMPTY: N_(
            "the team's name is missing; write it in every row (a merged cell counts only for its first row)."
        ),
        ProblemCode.RESPONDENT_TWICE: N_(
            "the code “%(value)s” was already used in line %(other)s for the team “%(team)s”; "
            "delete the repeated row or correct the code."
        ),
        ProblemCode.CONSENSUS_NOT_ALONE: N_(
            "these are the agreed answers of the team “%(team)s”, which also has answers on these lines: %(others)s; "
            "keep either the agreed answers or the individual ones (customers' rows may stay)."
        ),
    }
)

NOTE_SENTENCES: Mapping[NoteCode, str] = MappingProxyType(
    {
        NoteCode.READ_WITH_SEPARATOR: N_("Read as text with “%(separator)s” between the columns, in %(encoding)s."),
        NoteCode.READ_WITH_TABS: N_("Read as text with tabs between the columns, in %(encoding)s."),
        NoteCode.READ_SHEET: N_("The sheet “%(sheet)s” was read; the others were not: %(others)s."),
        NoteCode.SHEETS_WITH_ANSWERS: N_(
            "Only the sheet “%(sheet)s” was read. These sheets hold answers, too, and were not read: %(others)s. If "
            "they belong to it, put all rows on one sheet, with a column for the team; if not, bring each as a file of "
            "its own."
        ),
        NoteCode.READ_IN_ARCHIVE: N_("The file “%(file)s” in the compressed one was read."),
        NoteCode.HEADER_BELOW: N_("The header is on line %(line)s; what stands above it was left out."),
        NoteCode.HEADER_IN_TWO_ROWS: N_("Lines %(line)s and %(next)s are the header, questions above their parts."),
        NoteCode.FORM_ROWS_LEFT_OUT: N_(
            "Rows below the header in which the form (Qualtrics) repeats its questions or codes, left out: lines "
            "%(lines)s."
        ),
        NoteCode.HIDDEN_ROWS: N_(
            "Rows that the sheet hides, by a filter or by hand, and that were counted all the same: %(count)s."
        ),
        NoteCode.ROWS_COMPLETED: N_(
            "Rows whose last cells were missing, as Excel leaves them out; they were read as empty: %(count)s."
        ),
        NoteCode.SIGNS_REMOVED: N_(
            "Cells from which invisible signs were taken out, such as those for the direction of writing: %(count)s."
        ),
        NoteCode.TEAM_COLUMN: N_("The team is in column %(letter)s (“%(header)s”)."),
        NoteCode.TEAM_COLUMN_MAYBE: N_(
            "Check whether one of these columns names the team: %(columns)s. No header says so, and all rows were read "
            "as one team; if one of them does, teams are mixed: write “team” as its header and bring the file again."
        ),
        NoteCode.TEAM_GIVEN: N_("No column names the team: all rows were read as the team “%(team)s”."),
        NoteCode.TEAM_NAME_NOT_USED: N_("A column names the teams, so the name “%(team)s” was not used."),
        NoteCode.ANSWERS_IGNORED: N_(
            "Look at these columns first: they hold answers, but no statement has their header, so their answers were "
            "left out: %(columns)s. Write the statement's code or full text as the header, or “%(example)s” if it is a "
            "perception point."
        ),
        NoteCode.COLUMN_MAYBE: N_(
            "Column %(letter)s (“%(header)s”) was left out, but looks like the question for “%(target)s”: if it is, "
            "write “%(target)s” as its header and bring the file again."
        ),
        NoteCode.COLUMN_BY_ANSWERS: N_("Column %(letter)s (“%(header)s”) was read as %(target)s, by what it holds."),
        NoteCode.FOCUS_OPTIONS_IGNORED: N_(
            "These columns ask what matters most, but their cells do not say who chose what, so they were left out: "
            "%(columns)s. Write 1 where a pillar is chosen and leave the others empty, or use one column “focus”."
        ),
        NoteCode.FOCUS_BY_OPTIONS: N_("What matters most was read from one column for each pillar: %(columns)s."),
        NoteCode.FOCUS_OPTIONS_REPEAT: N_(
            "What matters most was read from column %(letter)s; the columns of single pillars, which repeat it, were "
            "left out."
        ),
        NoteCode.EMPTY_COLUMN_LEFT_OUT: N_(
            "Columns %(letter)s and %(other_letter)s both stand for “%(target)s”; %(letter)s is empty and was left out."
        ),
        NoteCode.POINTS_BY_ANSWERS: N_(
            "Columns that hold steps of the ladder, and were read as perception points by their own names: %(columns)s."
        ),
        NoteCode.COLUMNS_BY_SURVEY_CODE: N_(
            "Columns recognised by a form's code and number, in the questionnaire's order: %(pairs)s. Check that the "
            "form has the statements in this order."
        ),
        NoteCode.INDEX_IGNORED: N_("Column %(letter)s has no header and only numbers the rows: it was left out."),
        NoteCode.COLUMNS_BY_ID: N_("Columns recognised by their code: %(count)s."),
        NoteCode.COLUMN_BY_NAME: N_("Column %(letter)s (“%(header)s”) was read as %(target)s, by its name."),
        NoteCode.COLUMN_BY_SPANISH_TEXT: N_(
            "Column %(letter)s (“%(header)s”) was read as %(target)s, by its text in Spanish."
        ),
        NoteCode.COLUMN_BY_ENGLISH_TEXT: N_(
            "Column %(letter)s (“%(header)s”) was read as %(target)s, by its text in English."
        ),
        NoteCode.COLUMNS_BY_TEXT: N_("Columns recognised by their text: %(pairs)s."),
        NoteCode.POINTS_IN_ORDER: N_("Perception points, in the order of the file: %(points)s."),
        NoteCode.COLUMNS_IGNORED: N_("Unknown columns that were ignored: %(columns)s."),
        NoteCode.TEAMS_ALIKE: N_(
            "The teams %(teams)s differ only in capitals, accents or spaces and were kept apart; "
            "if they are one team, write its name in one way."
        ),
    }
)

_TARGET_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "team": N_("team"),
        "role": N_("role"),
        "respondent": N_("respondent"),
        "focus": N_("focus"),
        "comment": N_("comment"),
    }
)
"""What columns are called in either language: each of these may be written as a header."""


def target_name(target: str, reader: Localisation) -> str:
    """A column in the reader's words, as it may be written as a header; a code of anything else as it is."""
    return reader.gettext(_TARGET_NAMES[target]) if target in _TARGET_NAMES else target
