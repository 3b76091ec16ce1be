"""What can be wrong with a posting, or (which must never happen) with the ledger itself."""


class LedgerError(ValueError):
    """Something that was asked of the ledger is wrong. Nothing was posted."""


class UnbalancedError(LedgerError):
    """The entries of a transfer don't add up to nought in a unit."""


class KeyReusedError(LedgerError):
    """A key stands in the ledger already, with other content: not a retry, but a mistake."""


class InsufficientFundsError(LedgerError):
    """More was asked for than stands there."""


class HoldEndedError(LedgerError):
    """A hold was posted or voided already, and otherwise than is asked now."""


class LedgerBrokenError(Exception):
    """What must hold in the ledger doesn't hold. No answer can be trusted until it was looked into."""
