"""Judges whether two records speak of the same person (名寄せ); it proposes, a person decides."""
