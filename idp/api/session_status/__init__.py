"""/api/auth: the session of a single-page front end of this site."""
