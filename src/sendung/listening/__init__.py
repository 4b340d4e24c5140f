"""Who listened: logs of a store or web server, counted by the rules of the IAB Tech Lab's podcast guidelines.

Nothing here knows a store or a show's folder: `workflows.stats` says which files count and where the logs are.
"""
