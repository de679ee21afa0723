"""Prancha: communication cards in Brazilian Portuguese from a small language model and a LoRA adapter."""

__version__ = "0.1.0"
