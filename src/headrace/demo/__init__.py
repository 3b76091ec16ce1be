"""The demo: a fictional brand with partners, people, products and three years of sales, and the programmes it runs.

Stands above every other room: it loads the product the way a user would, through the same verbs, and nothing imports it.
"""
