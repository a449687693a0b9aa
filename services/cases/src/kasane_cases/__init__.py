"""Cases (ケース): households, consent per person, needs, conferences, plans and their timeline."""
