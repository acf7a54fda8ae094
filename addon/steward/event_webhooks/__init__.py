"""Tells other programs what happened: signed webhooks, sent until they are taken."""
