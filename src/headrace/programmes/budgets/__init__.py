"""Budgets: what may be spent (plans), what was (spending), what holds back (guarding), and who is told (alerts)."""
