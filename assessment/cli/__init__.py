"""The `escala` command.

Messages go to stderr, results to stdout; exit 0 done, 2 bad usage or bad input, 1 a failure of ours.
"""
