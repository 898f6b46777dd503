"""What a statement will read, write and cost, told before it is sent."""
