"""Whether the service keeps its OpenAPI description, whatever it is sent."""
