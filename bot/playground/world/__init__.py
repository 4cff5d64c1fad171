"""The world of the playground."""
