"""Scores of answers: sacrebleu, and what it does not have."""
