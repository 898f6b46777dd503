"""What is told of calls, never of items: observers, capacity used, the log, OpenTelemetry."""
