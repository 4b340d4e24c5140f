"""The store of a show."""

from __future__ import annotations

from dataclasses import replace

from sendung import store
from sendung.config.show import ShowConfig
from sendung.core.errors import ConfigError
from sendung.store.interface import Store


def store_of(show: ShowConfig) -> Store:
    """The store that show.yaml names: a directory or s3://bucket/prefix.

    Credentials come from boto3's usual chain. Raises ConfigError at the line of what cannot be opened, StoreError.
    """
    settings = show.file.store
    try:
        return store.open_store(settings.url, show.folder, settings.endpoint_url, settings.region)
    except ConfigError as error:
        line = show.document.place("store", "url")
        raise ConfigError.of(replace(problem, place=line) for problem in error.problems) from None
