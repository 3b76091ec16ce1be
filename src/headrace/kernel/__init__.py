"""Money, currencies and periods. Pure Python: no Django, no clock."""
