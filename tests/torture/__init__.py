"""Kills the app at random instants and checks what it did and what it reported."""
