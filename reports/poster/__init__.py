"""A poster for the staff-room wall that asks a team to answer."""
