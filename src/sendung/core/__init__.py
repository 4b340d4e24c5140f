"""Values and helpers that all may use."""
