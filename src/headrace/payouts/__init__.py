"""Statements: what the ledger says a partner earned, frozen at a position."""
