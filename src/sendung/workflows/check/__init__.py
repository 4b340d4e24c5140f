"""Every mistake, before anything is sent."""
