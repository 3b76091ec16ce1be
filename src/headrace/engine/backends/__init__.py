"""The engines that run a plan."""
