"""Organisation, people who sign in, roles, audit, files, the design system."""
