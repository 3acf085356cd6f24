"""Follow-up: where granted time went, from decision to payment, and what the figures say of it."""
