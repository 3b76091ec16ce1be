"""Double-entry ledger in any unit. Append-only. Knows no partner, only an opaque owner."""
