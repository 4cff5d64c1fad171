"""What is shown: pure functions from results to embeds, text and buttons."""
