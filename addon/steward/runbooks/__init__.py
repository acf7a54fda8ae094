"""Runbooks: what is known to help, how to do it, how to see that it helped."""
