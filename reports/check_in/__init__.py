"""A sheet for the short meetings about a plan: on paper, without the application."""
