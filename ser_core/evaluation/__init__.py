"""How often a model is right, for whom, and how sure; the report."""
