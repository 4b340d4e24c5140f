"""Tests of mastering."""
