"""Trimming, levelling, limiting, intro and outro."""
