"""Headrace: channel-partner incentives, from the sale to the statement."""

__version__ = "0.1.0"
