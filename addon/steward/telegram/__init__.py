"""Telegram front end: incident cards in forum topics that known people decide on with buttons."""
