"""Flow: moving a podcast here, from any host's feed, into folders that `sendung check` and `publish` take.

`channel` and `reading` say what the feed holds (`found`, with the help of `dates`, `links`, `prose`), `writing` and
`slugs` what becomes of it on disk. What the feed says is never trusted, and a GUID is kept to the letter.
"""
