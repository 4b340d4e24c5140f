"""The command line: one file a command; the only place that catches errors and prints."""
