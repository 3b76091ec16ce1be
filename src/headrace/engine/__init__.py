"""The algebra of incentives: a programme and facts in, exact earnings with receipts out. Pure."""
