"""Mastering again and publishing it: the mastering on this machine or on others, the publishing always here."""

from __future__ import annotations

from collections.abc import Sequence

from sendung.config.show import ShowConfig
from sendung.workflows.context import RunContext
from sendung.workflows.publish.flow import PublishOptions, publish
from sendung.workflows.publish.result import Outcome
from sendung.workflows.remaster.plan import PlannedEpisode


def remaster(chosen: Sequence[PlannedEpisode], config: ShowConfig, run: RunContext) -> Outcome:
    """Master planned episodes again on this machine, and publish what comes out otherwise than it is published.

    Raises SendungError for what concerns the show or the store as a whole.
    """
    return publish([episode.folder for episode in chosen], config, run, PublishOptions(remaster=True))
