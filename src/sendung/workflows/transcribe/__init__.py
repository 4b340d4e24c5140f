"""sendung transcribe: what is said, written down by a machine."""
