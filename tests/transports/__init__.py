"""What every transport promises."""
