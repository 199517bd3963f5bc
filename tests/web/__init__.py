"""Pages, through Flask's own client, on real databases."""
