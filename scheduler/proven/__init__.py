"""
What holds in every plan of a problem, by proof: visits that none has, and pairs that none has both.

Sees arrays only, as the search does, and shares with it no more than the exact model.
"""
