"""Partners, their people, and what is known of them from which date."""
