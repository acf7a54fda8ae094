"""The building blocks of service folders: descriptions, HTTP, parsing, and action kits."""
