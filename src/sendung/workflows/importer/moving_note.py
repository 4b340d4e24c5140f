"""What remains to be done at the old host, in words."""

from __future__ import annotations

from sendung.core.words import say, told
from sendung.workflows.importer.old_show import OldShow

NAME = "moving.md"


def moving_note(show: OldShow, new_feed_url: str) -> str:
    """The note: how listeners come along (Apple Podcasts for Creators, "Change the RSS feed URL").

    Markdown. It is written once, beside show.yaml, and is nobody's but the hosts'.
    """
    old = show.url or say("the old feed")
    return told(
        """# Moving “{title}”

1. Publish everything here, and look at it: `sendung check`, `sendung publish --all`, `sendung verify`.
2. Let the old host answer for the feed with a permanent redirect (HTTP status 301), which most hosts call “redirect my
   feed” or “move to another host”:

       {old}
       -> {new_feed_url}

3. Where the old host cannot redirect, let it write this line into the old feed's <channel>:

       <itunes:new-feed-url>{new_feed_url}</itunes:new-feed-url>

4. The new feed says the same of itself (`feed: new_feed_url:` in show.yaml). Leave that there for good.
5. Tell the directories that list the show: Apple Podcasts Connect (Show information, RSS feed), Spotify for Creators,
   and those where you once entered the feed yourself. Their listeners stay subscribed, and because every GUID is the
   same, no app downloads an episode twice.
6. Keep the redirect for as long as the old host lets you, four weeks at the very least, and keep the old files until no
   app asks for them.
7. Apps look for cover and audio at new addresses now. Old links to episode pages at the old host end with it.
""",
        title=show.title,
        old=old,
        new_feed_url=new_feed_url,
    )
