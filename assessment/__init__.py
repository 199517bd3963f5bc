"""Escala: teams assess their own service culture and act on it."""
