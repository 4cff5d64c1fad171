"""The worker processes, the fair queue before them, and the cache of results."""
