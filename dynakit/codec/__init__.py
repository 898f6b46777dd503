"""Python values to attribute values and back: pure, compiled once per annotation."""
