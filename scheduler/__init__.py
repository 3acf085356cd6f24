"""From granted decisions to a judged day plan; the way of the data is in docs/architecture.md."""
