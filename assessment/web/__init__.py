"""The web application: a folder for each feature, with its views and forms, and modules that features share.

Features do not import each other. A view translates between a request and services; it decides nothing itself.
"""
