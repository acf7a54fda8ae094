"""Plans: the steps of an option with their targets and dry runs."""
