"""Pages for listeners and the links that lead to them: pure functions of the published facts."""

from sendung.pages.kit import Kit, kit_of, qr_png, qr_svg
from sendung.pages.plan import Page, PagePlan, check_templates, plan, render_pages

__all__ = ["Kit", "Page", "PagePlan", "check_templates", "kit_of", "plan", "qr_png", "qr_svg", "render_pages"]
