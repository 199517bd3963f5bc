"""The kinds of section in a questionnaire's file, one module a kind: what it may hold, and the section it builds."""
