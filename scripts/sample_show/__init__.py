"""What the repository's sample show is made from: its dialogue, voices, lettering and covers."""
