"""Where objects go: an S3 bucket or a directory, behind one interface."""
