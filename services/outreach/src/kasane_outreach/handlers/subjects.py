"""The kinds of object that the audit names."""

HOUSEHOLD, VISIT, ROUND = "household_to_reach", "visit", "visit_round"
PLAN, PROFILE, WEIGHTS = "visit_plan", "worker_profile", "plan_weights"
