"""Mastering: from a recording to a measured, encoded file."""
