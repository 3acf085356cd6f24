"""What leaves for other systems: vouchers for the ledger, and self-billing invoices."""
