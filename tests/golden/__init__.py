"""Numbers kept in files, with which every stage of the analysis and every metric is compared."""
