"""Sales that a salesperson claims with a proof: checked against what is known, decided by the brand.

A claim that is approved becomes a sales line like any other (`claim-12`), and earns as one. Posts nothing itself.
"""
