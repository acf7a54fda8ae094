"""How private text looks: patterns, names of values, and the words around them."""
