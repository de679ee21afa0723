"""What programs may use over the Model Context Protocol: a few tools, where the owner asks for them."""
