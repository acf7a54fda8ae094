"""The sentences of each language, and what they find in a text. Pure: it knows no homelab."""
