"""What the public sees, held against the rules."""
