// Puts "listen now" into the companion articles of a show. One script tag in the article site's template:
//   <script src="https://…/listen-now.js" async></script>
// It stands where <div data-listen-now> is, else after the headline; elsewhere it does nothing and asks for nothing.
// With "async" an unreachable store never holds the article up. Without it, in the head, nothing ever moves on the page;
// with it nothing moves where the site's own style gives the div a height of 3.5rem.
(() => {
  "use strict";
  const { src } = document.currentScript;
  const known = "%known%";
  const all = "%all%";
  const name = (address, query) => {
    let { pathname } = address;
    try { pathname = decodeURIComponent(pathname); } catch { /* not UTF-8 */ }
    return (address.host.replace(/^www\./, "") + pathname.replace(/\/+$/, "") + (query ? address.search : "")).normalize();
  };
  // FNV-1a, folded to 18 bits: three characters an article
  const mark = (text) => {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    hash = (hash ^ (hash >>> 18)) & 0x3ffff;
    return [hash >> 12, (hash >> 6) & 63, hash & 63].map((six) => String.fromCharCode(six + (six < 44 ? 48 : 53))).join("");
  };
  const knows = (text) => {
    const wanted = mark(text);
    for (let at = 0; at < known.length; at += 3) if (known.startsWith(wanted, at)) return true;
    return false;
  };

  const dress = () => {
    if (!document.adoptedStyleSheets) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":where(.listen-now){display:block;min-height:3.5rem;margin:.75rem 0}" +
      ":where(.listen-now a){display:inline-flex;align-items:center;gap:.6rem;min-height:3.5rem;padding:0 1.4rem 0 1.1rem;border-radius:1.75rem;" +
      "background:var(--listen-now-background,#1b1e1b);color:var(--listen-now-color,#f2e6cf);font-weight:700;text-decoration:none}" +
      ":where(.listen-now a)::before{content:'';border:solid transparent;border-width:.5rem 0 .5rem .85rem;border-left-color:var(--listen-now-accent,%accent%)}" +
      ":where(.listen-now a:focus-visible){outline:3px solid var(--listen-now-accent,%accent%);outline-offset:3px}" +
      ":where(.listen-now iframe){display:block;width:100%;height:200px;border:0;border-radius:1rem}",
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };

  let names;
  let index;
  let own;
  const found = ({ articles = {} }) => articles[names.find((key) => articles[key])];
  const reserve = (box) => {
    if (all) box.classList.add("listen-now");
    index.then((answer) => box.isConnected && fill(box, found(answer)));
  };
  // Each time more of the page is there; the room is kept before it is painted, so that nothing moves later.
  const proceed = (whole) => {
    if (!names) {
      const canonical = document.querySelector("link[rel=canonical]");
      if (!canonical && !document.body) return false;
      const here = new URL((canonical && canonical.href) || location.href);
      names = [...new Set([name(here, true), name(here, false)])];
      if (all && !names.some(knows)) return true;
      index = fetch(new URL("listen-now.json", src)).then((answer) => answer.json()).catch(() => ({}));
      if (all) dress();
      else index.then((answer) => found(answer) && dress());
    }
    const box = document.querySelector("[data-listen-now]");
    if (box) {
      if (own) own.remove();
      reserve(box);
      return true;
    }
    const headline = document.querySelector("article h1, main h1, h1");
    if (!own && headline && (whole || headline.nextSibling)) {
      own = document.createElement("div");
      headline.after(own);
      reserve(own);
    }
    return whole;
  };

  const fill = (box, entry) => {
    box.classList.toggle("listen-now", !!entry);
    if (!entry) return;
    const [slug, label, title, language] = entry;
    const link = document.createElement("a");
    link.href = new URL(`e/${slug}/index.html`, src).href;
    link.textContent = label;
    link.lang = language;
    box.replaceChildren(link);
    if (box.dataset.listenNow === "link") return;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const frame = document.createElement("iframe");
      // Where the site's policy forbids the frame, the link leads to the listen page after all.
      addEventListener("securitypolicyviolation", (violation) => {
        if (violation.effectiveDirective === "frame-src") location.href = link.href;
      });
      frame.title = title;
      frame.allow = "autoplay";
      frame.src = new URL(`e/${slug}/embed/index.html#play`, src).href;
      link.replaceWith(frame);
      frame.focus();
    });
  };

  let done = proceed(document.readyState !== "loading");
  const watch = new MutationObserver(() => {
    done ||= proceed(false);
    if (done) watch.disconnect();
  });
  if (!done) watch.observe(document, { childList: true, subtree: true });
  addEventListener("DOMContentLoaded", () => {
    watch.disconnect();
    done ||= proceed(true);
  });
})();
