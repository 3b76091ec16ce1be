"""What every part of the API shares: keys to sign in with, problems in one form, requests that are done once."""
