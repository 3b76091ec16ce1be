"""Tax by country as data: what is withheld, from which sum a year, and which VAT a credit note bears.

The tables lie beside this file as YAML, each figure with the day it began and its source. What isn't in them is not
known, and then nothing is withheld, and the settlement says so.
"""
