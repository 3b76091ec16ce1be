"""The demo: a fictional brand, its partners and people, three years of its sales, and the programmes it runs.

Stands above every other room: it loads the product the way a user would, by the same verbs.
"""
