"""Trials: many hosts at once, killed at every point, behind bad connections. What was promised must hold."""
