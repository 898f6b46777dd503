"""What dynakit itself costs: run ``python -m benchmarks``."""
