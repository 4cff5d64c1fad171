"""The command line: its commands, thin over the library, and what they print and draw."""
