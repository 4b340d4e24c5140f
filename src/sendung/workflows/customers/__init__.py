"""Who listens as a customer: adding, revoking, moving, and the addresses that each has."""
