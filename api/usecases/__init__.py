"""What the service does with its store: plain functions, each one transaction."""
