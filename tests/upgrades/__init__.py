"""An installation of an earlier release is brought up to date with everything it holds."""
