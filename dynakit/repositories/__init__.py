"""Repositories: the data sources that use cases are given."""
