"""What podcast directories demand of a feed; one small function a rule."""
