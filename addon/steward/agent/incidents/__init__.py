"""Turns alerts into incidents, and handles the commands of people about incidents."""
