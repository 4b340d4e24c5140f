"""Where objects go: an S3 bucket or a directory, behind one interface."""

from sendung.store.directory import DirectoryStore
from sendung.store.dry_run import DryRunStore
from sendung.store.interface import Abilities, Headers, Stat, Store, Stored, Version, Write
from sendung.store.logged import LoggedStore
from sendung.store.opening import directory_of, open_store

__all__ = [
    "Abilities",
    "DirectoryStore",
    "DryRunStore",
    "Headers",
    "LoggedStore",
    "Stat",
    "Store",
    "Stored",
    "Version",
    "Write",
    "directory_of",
    "open_store",
]
