"""The door for partners: addresses, menu, home. No models."""
