"""Example domains, complete and importable: tables, entities, repositories, use cases.

``schemas.backend`` is a small backend on two tables, ``schemas.online_shop`` a shop on one table,
``schemas.task_manager`` an office's tasks. Installed, they are ``dynakit.examples``.
"""
