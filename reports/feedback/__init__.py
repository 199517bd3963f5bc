"""What a team said and what it will do, on one page for whoever answered."""
