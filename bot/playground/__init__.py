"""An embedded stand-in for Discord on the loopback interface."""
