"""The RSS feed: rendering it from records, and reading any feed."""
