"""Rate books: a municipality's whole published rule set of payment as data; docs/rate_book.md."""
