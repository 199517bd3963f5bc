"""Slips to cut out, with one personal link each, for people who get theirs on paper."""
