"""The schema as a file to commit, and what a change of it means for the items that are stored."""
