"""Timings as ratios within one run, printed as a table for docs/performance.md. Never part of the tests."""
