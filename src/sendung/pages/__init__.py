"""The listen pages and the show page, rendered to static files."""
