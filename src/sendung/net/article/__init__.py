"""A companion article's page: what it says of itself, and whether it leads to its episode. Pure: bytes in, values out.

`html` reads the page, `json_ld` its JSON-LD, `metadata` puts together what both say, `urls` compares addresses. A page
is somebody else's and may hold anything: what is broken is passed over, and nothing here raises.
"""

from sendung.net.article.metadata import ArticleFacts, languages_of, links_of, read_article
from sendung.net.article.urls import page_name, resolve, same_page

__all__ = ["ArticleFacts", "languages_of", "links_of", "page_name", "read_article", "resolve", "same_page"]
