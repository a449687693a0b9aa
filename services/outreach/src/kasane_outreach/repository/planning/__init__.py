"""The planners of days and weeks: own search, VROOM and PyVRP, behind one portfolio."""
