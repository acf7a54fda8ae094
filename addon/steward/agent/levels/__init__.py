"""Earned autonomy: the levels of runbooks, their evidence, and their changes.

A level belongs to a cell: one recipe of one runbook version on one class of targets.
"""
