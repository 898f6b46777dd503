"""One file a client: how it does what the benchmark asks."""
