"""Running the service: backups, what it tells of itself, and what it refuses to start on."""
