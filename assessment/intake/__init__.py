"""Reads responses files (CSV, XLSX) into answer sheets, and writes empty ones."""
