"""What we promised: the plan's actions in large letters, signed by all who want to."""
