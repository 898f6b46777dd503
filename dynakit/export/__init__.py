"""What is made from the declaration besides requests: infrastructure, permissions, diagrams, schemas."""
