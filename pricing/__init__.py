"""The price of a home-care hour: from wage and time shares to rate, purse and invoice line."""
