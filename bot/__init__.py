"""Undertone, the Discord bot."""
