"""The `escala` command.

Messages go to stderr, results to stdout; exit codes: 0 done, 2 wrong usage or input, 1 an internal error.
"""
