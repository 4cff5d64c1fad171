"""Work on several cores, processes that analyse, and Ctrl-C between two pieces of work."""
