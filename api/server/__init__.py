"""The HTTP service: routes, jobs and storage."""
