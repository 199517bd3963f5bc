"""The results of a round as slides that can be edited: PPTX with native charts and tables."""
