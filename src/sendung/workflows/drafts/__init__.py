"""A draft before it is published: chapters, articles, compose, state."""
