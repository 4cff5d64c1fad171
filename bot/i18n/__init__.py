"""From an English sentence to the same in another language."""
