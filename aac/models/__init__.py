"""Base models, adapters, decoding and generation."""
