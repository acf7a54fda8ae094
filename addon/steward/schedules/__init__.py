"""Scheduled questions: what is asked, the rules that answer it, and the messages."""
