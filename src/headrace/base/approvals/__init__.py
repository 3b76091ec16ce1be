"""One mechanism by which people agree to what others ask for: rules, requests, steps, decisions, delegation.

Any room asks with `actions.ask_for_approval` and is told what came of it by the functions of its `ApprovalKind`.
Nobody approves what they asked for themselves, in whatever role, by whatever account, for whomever.
"""
