"""What dynakit costs, beside its peers: ``make bench``, or ``python -m benchmarks client``."""
