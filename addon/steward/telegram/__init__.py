"""The Telegram face: incident cards in forum topics, decided by known people with a button."""
