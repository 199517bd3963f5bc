"""Slips to cut: one personal link each, for people who are given theirs on paper."""
