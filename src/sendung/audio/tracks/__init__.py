"""Several tracks of one conversation: aligned, cleaned, gated, levelled, and mixed into one programme."""
