"""The commands of the command line over files, each thin over the library."""
