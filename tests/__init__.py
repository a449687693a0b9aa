"""Tests of what spans more than one distribution, and the servers they run on."""
