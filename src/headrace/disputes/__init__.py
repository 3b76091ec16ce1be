"""Disputes: a partner questions an earning, line by line, or a sale that is missing; the brand answers in time.

What is in question is held apart in the ledger (`dispute_held`), the rest is paid as ever. An outcome takes effect
by sales lines (`dispute-12`), by lines withdrawn, or by a posted adjustment (`dispute_goodwill`) that was approved.
A partner may also lay its own lines beside those that are known, and see what each difference would bring.
"""
