"""A responses file: read into the answers of its teams, or everything that is wrong with it; and the empty one.

Reading goes in eight steps, a module each:

1. `files`: opens the file and says what kind it is, by its content (`strict_xlsx`: one kind is rewritten first).
2. `csv_rows` or `xlsx_rows`: its cells, row by row (`letters`: in which encoding; `grid`: the same form for both).
3. `table`: finds the header, and numbers the rows as a spreadsheet shows them.
4. `headers`: what a header may mean.
5. `columns`: which column is what, and what to say of those that nothing is known of (`recognise`: by their cells;
   `wording`: by the usual words; `options`: a column for each pillar).
6. `cells` and `sections/`: what the text of a cell answers.
7. `answer_sheets`: a row → an answer sheet.
8. `responses`: all rows → teams, but totals (`totals`). Start reading here: it calls the others in this order.

On the way, `problems` collects what is wrong and `notes` what is worth knowing; `codes` has their names and `sentences`
what they say. `template` writes the empty file.
"""
