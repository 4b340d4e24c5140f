"""Pages for listeners and the links that lead to them: pure functions of the published facts."""

from sendung.website.keys import is_page
from sendung.website.plan import PagePlan, check_templates, plan, plan_gone
from sendung.website.share_kit import ShareKit, kit_of, qr_png, qr_svg

__all__ = ["PagePlan", "ShareKit", "check_templates", "is_page", "kit_of", "plan", "plan_gone", "qr_png", "qr_svg"]
