"""What a revision of the schema means to nodes of the version before."""
