"""Programme documents and their versions."""
