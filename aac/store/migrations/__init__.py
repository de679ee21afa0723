"""The schema's steps, in order. A step is never changed once released."""
