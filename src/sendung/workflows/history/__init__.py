"""What was published: log, status, rollback, diff, prune."""
