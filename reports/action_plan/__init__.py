"""The action plan of a team: page 1 for the wall, the evidence behind it, 30/60/90 days, how to read it."""
