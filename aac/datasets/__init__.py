"""Card sets in files: read, written, hashed, split by prompt."""
