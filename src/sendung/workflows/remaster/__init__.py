"""Mastering what is published once more: what would get better, on this machine or on a cluster, and publishing it."""
