"""Discord's own client."""
