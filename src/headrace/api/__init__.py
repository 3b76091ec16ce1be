"""The door for programs: one API of all rooms, its keys and its problems. No models."""
