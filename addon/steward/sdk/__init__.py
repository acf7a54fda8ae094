"""What a service folder is written with: description, HTTP, parsing, and action kits."""
