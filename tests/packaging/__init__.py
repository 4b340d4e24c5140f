"""What is built of this repository, and what a machine needs that has nothing yet."""
