"""The subject itself: questionnaires, answers, scores and plans. Pure: no framework, no clock, no input or output."""
