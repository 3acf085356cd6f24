"""Who calls, and what they may: callers, tokens, sessions, the policy, rates."""
