"""A summary of all teams for those who lead: where we stand, what moved, what was done, what next."""
