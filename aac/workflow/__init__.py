"""The use cases, one function each: what the page and the command line both call."""
