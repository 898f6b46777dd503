"""The single-table picture: entities with their keys, who shares a partition, and what finds them."""
