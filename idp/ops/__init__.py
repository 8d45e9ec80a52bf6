"""Running the server: configuration, start-up checks, health, jobs."""
