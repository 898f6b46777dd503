"""Typed paths, conditions and updates, and their compilation to DynamoDB's expression language."""
