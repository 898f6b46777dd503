"""NoSQL Workbench: models read into schemas and sample rows, and written from schemas."""
