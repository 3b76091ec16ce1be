"""Products, sources of sales, imports, lines, rejects. Adds the fact `sale`."""
