"""Measures Headrace beside other ways to do the same work: `headrace bench`. Owns no data."""
