"""From a frozen configuration and card sets to an adapter."""
