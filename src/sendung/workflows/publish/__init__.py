"""Publishing: flow, build, site, guard, result."""
