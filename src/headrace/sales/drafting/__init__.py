"""A mapping made in the browser: what was found in a file, what a person chose, and the document that comes of it."""
