"""The pages that listeners open: pure functions of the published facts, the same bytes every time."""

from sendung.pages.plan import Page, PagePlan, plan, render_pages

__all__ = ["Page", "PagePlan", "plan", "render_pages"]
