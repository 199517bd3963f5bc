"""All teams of an organisation: the words that page, workbook and summary share."""
