"""Settings, root addresses, wiring."""
