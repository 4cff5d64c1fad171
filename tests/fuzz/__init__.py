"""Hostile files: real recordings of every container, changed in every way that breaks decoders."""
