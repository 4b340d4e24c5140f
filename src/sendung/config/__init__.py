"""What hosts write: show.yaml and episode.yaml, read with every mistake located."""
