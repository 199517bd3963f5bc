"""The six kinds of section that a questionnaire is made of, one module a kind.

A module says what is asked, what an answer is, how it is checked and scored, and what of the result may be released.
`section` holds what all kinds have in common, `groups` what statements and rubrics share.
"""
