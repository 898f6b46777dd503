"""Live tables held against their declarations: described, compared, and brought to what is declared."""
