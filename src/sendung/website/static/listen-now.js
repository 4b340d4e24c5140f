// Puts "listen now" into the companion articles of a show. One script tag in the article site's template:
//   <script src="https://…/listen-now.js" async></script>
// It stands where <div data-listen-now> is, else after the headline; elsewhere it does nothing and asks for nothing.
// With "async" an unreachable store never holds the article up. In the head nothing ever moves on the page: what comes
// after the page was painted floats at the lower edge while the headline is in sight.
(() => {
  "use strict";
  const home = "%home%";
  const known = "%known%";
  const all = "%all%";
  const parts = "%parts%";
  // Twice on a page, it acts once.
  if (window[home]) return;
  window[home] = true;
  // As a module, inlined or in a bundle a script has no address of its own.
  const { src = "" } = document.currentScript || {};
  const base = src.includes("/listen-now.js") ? src : home;

  const name = (address, query) => {
    let { pathname } = address;
    try { pathname = decodeURIComponent(pathname); } catch { /* not UTF-8 */ }
    return (address.host.replace(/^www\./, "") + pathname.replace(/\/+$/, "") + (query ? address.search : "")).normalize();
  };
  // FNV-1a, folded to 18 bits: three characters an article
  const digest = (text) => {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    return (hash ^ (hash >>> 18)) & 0x3ffff;
  };
  // All first characters, then all second ones, then all third ones: sorted, the first ones weigh next to nothing.
  const third = known.length / 3;
  const knows = (text) => {
    const [one, two, three] = [12, 6, 0].map((by) => (digest(text) >> by) & 63).map((six) => String.fromCharCode(six + (six < 44 ? 48 : 53)));
    return [...known].some((sign, at) => sign === one && known[at + third] === two && known[at + 2 * third] === three);
  };

  // A tree of its own, so that no theme's style for links, boxes or empty elements reaches in. Pixels: themes change "rem".
  const css =
    ":host{display:block!important;min-height:56px;margin-block:12px}" +
    ":host(.late){position:fixed!important;z-index:99;inset:auto auto 16px 16px;width:auto!important;margin:0!important}" +
    ":host(.late.out){visibility:hidden}" +
    "a{all:initial;min-height:40px;padding:8px 22px 8px 18px;display:inline-flex;align-items:center;gap:10px;border-radius:28px;" +
    "background:var(--listen-now-background,#1b1e1b);color:var(--listen-now-color,#f2e6cf);" +
    "font:700 16px/1.25 sans-serif;font-family:inherit;cursor:pointer}" +
    "a::before{content:'';flex:none;border:solid transparent;border-width:8px 0 8px 14px;border-left-color:var(--listen-now-accent,%accent%)}" +
    "a:focus-visible{outline:3px solid var(--listen-now-accent,%accent%);outline-offset:3px}" +
    "iframe{display:block;width:100%;height:200px;border:0;border-radius:16px}";
  const host = document.createElement("div");
  const dress = () => {
    host.className = "listen-now";
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  };
  let whole = document.readyState !== "loading";
  // Room that is made once the page was painted would move what somebody reads. Browsers tell of that too late: where the
  // headline was there before this script, it is taken for painted.
  let tardy;
  const insert = (into, how, kept) => {
    if (tardy && !kept) {
      host.className += " late";
      new IntersectionObserver(([{ isIntersecting }]) => { host.classList.toggle("out", !isIntersecting); }).observe(into);
    }
    into[how](host);
  };

  // The first visible headline that is not the site's own; an article may have a <header>, too.
  const headline = () => ["article h1", "main h1", "h1"]
    .flatMap((selector) => [...document.querySelectorAll(selector)])
    .find((title) => title.offsetHeight > 1 && title.offsetWidth > 1 && !title.closest("nav,header:not(article *,main *)"));
  let headlines = 0;
  // True once nothing better can come.
  const put = () => {
    const box = document.querySelector("[data-listen-now]");
    const count = document.querySelectorAll("h1").length;
    tardy ??= count;
    if (box && host.parentNode !== box) insert(box, "replaceChildren", box.offsetHeight >= 56);
    if (box || (!whole && count === headlines)) return box;
    const title = headline();
    if (title) {
      headlines = count;
      if (title.nextSibling !== host) insert(title, "after", host.isConnected);
    }
    if (whole && !title) console.warn("listen-now.js: no <h1> in sight and no data-listen-now");
    return whole;
  };

  let names;
  let dressed;
  let elsewhere; /* teasers */
  const fill = ([slug, label, title, language]) => {
    const link = document.createElement("a");
    link.href = new URL(`e/${slug}/%page%`, base).href;
    link.textContent = label;
    link.lang = language;
    host.shadowRoot.append(link);
    link.addEventListener("click", (event) => {
      if (elsewhere) return; /* teasers */
      if (event.ctrlKey || event.metaKey || event.shiftKey || host.closest("[data-listen-now=link]")) return;
      event.preventDefault();
      const frame = document.createElement("iframe");
      // Where the site's policy forbids the frame, the link leads to the listen page after all.
      addEventListener("securitypolicyviolation", (violation) => {
        if (violation.effectiveDirective === "frame-src") location.href = link.href;
      });
      frame.title = title;
      frame.allow = "autoplay";
      frame.src = new URL(`e/${slug}/embed/%page%#play`, base).href;
      host.className = "listen-now";
      link.replaceWith(frame);
      frame.focus();
      frame.scrollIntoView({ block: "nearest" });
    });
  };
  // In a large show the index has parts; where one is not to be had, the whole index still is.
  const ask = async (...files) => {
    for (const file of files) {
      const { articles } = await (await fetch(new URL(file, base))).json();
      for (const key of names) if (articles[key]) return articles[key];
      for (const key of names) if ((elsewhere = articles[`customers ${key}`])) return elsewhere; /* teasers */
    }
  };
  // Each time more of the page is there; true once there is nothing more to do.
  const proceed = () => {
    if (!names) {
      const canonical = document.querySelector("link[rel=canonical]");
      if (!canonical && !document.body) return false;
      const here = new URL(canonical?.href || location.href);
      names = [...new Set([name(here, true), name(here, false)])];
      if (all && !names.some(knows)) return true;
      if (all) dressed = !dress();
      const index = () => ask("listen-now.json");
      (parts ? ask(...names.map((key) => `${parts}${digest(key) & 255}.json`)).catch(index) : index()).catch(() => {}).then((entry) => {
        if (!entry) return (dressed = host.remove());
        if (!dressed) dressed = !dress();
        put();
        return fill(entry);
      });
    }
    return dressed ? put() : whole;
  };

  const watch = new MutationObserver(() => proceed() && watch.disconnect());
  if (proceed()) return;
  watch.observe(document, { childList: true, subtree: true });
  addEventListener("DOMContentLoaded", () => {
    watch.disconnect();
    whole = true;
    proceed();
  });
})();
