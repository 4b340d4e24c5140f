"""What goes with the sound: artwork, chapters, transcripts, tags, notes."""
