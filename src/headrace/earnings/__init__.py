"""Snapshots, runs, earnings and publishing: the only caller of `engine.run`."""
