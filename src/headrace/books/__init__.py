"""The books: what is owed on any day, what is expected to be, the journal, and budgets beside what was spent.

Reads the ledger and the earnings; adds no fact and moves no value. What it keeps are the exports of the journal.
"""
