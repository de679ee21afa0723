"""The database: what people judged and corrected, kept for ever, on SQLite or PostgreSQL alike."""
