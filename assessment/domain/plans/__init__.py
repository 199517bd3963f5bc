"""A team's action plan: what the method proposes, what the team decides over it, and what is still missing.

`proposal` → `choices` (changed by `edits`) → `faults` or `chosen`; `library` finds the actions that fit.
"""
