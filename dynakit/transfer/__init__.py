"""Whole tables as text, and back: items as they are stored, of all entities and of none."""
