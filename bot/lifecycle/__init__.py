"""What is in flight, and the end of the bot in ten seconds."""
