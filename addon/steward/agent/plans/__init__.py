"""Plans: which steps an option has, on which targets, and what they would do."""
