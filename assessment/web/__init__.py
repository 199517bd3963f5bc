"""The pages: one folder a feature, each with its views and forms. A view translates, decides nothing."""
