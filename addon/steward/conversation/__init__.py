"""Answers questions from the records, and from a language model where one is configured."""
