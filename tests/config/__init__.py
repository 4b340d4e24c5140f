"""What hosts write."""
