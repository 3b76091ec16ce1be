"""What an open period will come to: the run so far, set beside how earlier periods went on from the same point."""
