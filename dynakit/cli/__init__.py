"""The command line: each command is one call into the rest of the package."""
