"""Texts that mean a partner, a person, a product or a customer: their normal forms, how alike they are, and which
of many is the likeliest. Pure: no database."""
