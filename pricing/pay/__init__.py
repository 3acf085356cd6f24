"""From performed visits and a rate book to payment lines and settlements; docs/rate_book.md."""
