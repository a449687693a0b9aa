"""Resources: the directory of human services, what could meet a need, and referrals to them."""
