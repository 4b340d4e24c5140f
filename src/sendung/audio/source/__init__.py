"""Recordings as they come: probing and decoding."""
