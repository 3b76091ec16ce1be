"""The door for the brand: addresses, menu, home. No models."""
