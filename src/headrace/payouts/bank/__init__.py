"""Files to banks and from banks. Pure: bytes and plain records, no database."""
