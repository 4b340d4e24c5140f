"""Pages for listeners and the links that lead to them: pure functions of the published facts."""

from sendung.website.plan import PagePlan, check_templates, plan
from sendung.website.share_kit import ShareKit, kit_of, qr_png, qr_svg

__all__ = ["PagePlan", "ShareKit", "check_templates", "kit_of", "plan", "qr_png", "qr_svg"]
