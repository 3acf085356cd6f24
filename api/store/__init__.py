"""What the municipality's work leaves behind: tables, migrations, translation, invariants."""
