"""One module per resource; a route parses, calls one service, returns."""
