"""MP3, AAC and Opus files, and what they hold once decoded."""
