"""The pages of questions that each kind of section has, one module a kind."""
