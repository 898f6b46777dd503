"""Entities: pydantic models with keys, their patterns and queries, and what is checked at import."""
