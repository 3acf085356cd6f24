"""Travel times from the operator's map: a router, a cache of the ways, and the tables of a day."""
