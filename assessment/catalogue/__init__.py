"""Reads and validates the data in `questionnaires/` and turns it into objects of the domain."""
