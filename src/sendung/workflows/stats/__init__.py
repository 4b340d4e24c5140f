"""What `sendung stats` does: read logs, count, keep sums in the store, and show what is kept."""
