"""Sheets for a room without devices: the questionnaire, cards with the pillars' levels, ballots and the ladder."""
