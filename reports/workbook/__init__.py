"""All teams as a workbook: results, changes, actions and participation, with what each column means."""
