"""What Escala remembers: SQLAlchemy models and queries, one module a noun. Sessions are given, never made here."""
