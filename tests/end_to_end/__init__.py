"""The whole program: {arguments, files} -> {exit code, output, files}."""
