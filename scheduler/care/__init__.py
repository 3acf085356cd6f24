"""Nouns, units, dated values and errors shared by both halves; standard library only."""
