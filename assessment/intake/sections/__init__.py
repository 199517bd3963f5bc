"""The columns of a responses file that each kind of section has, one module a kind."""
