"""Trials of the pages."""
