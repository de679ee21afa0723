"""The page: one module a tab, one for the texts in Portuguese and English."""
