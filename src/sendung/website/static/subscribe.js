// The way to subscribe that fits the device comes first, and the feed's address is copied: what apps ask for.
const ways = document.querySelector(".subscribe");
if (ways) {
  const { userAgent } = navigator;
  const system = /iPhone|iPad|Macintosh/.test(userAgent) ? "apple" : /Android/.test(userAgent) ? "android" : "";
  const first = ways.querySelector("li");
  const fitting = system && ways.querySelector(`[data-system=${system}]`);
  if (fitting && !first.contains(fitting)) {
    const place = fitting.parentElement;
    const usual = first.firstElementChild;
    first.replaceChildren(fitting);
    place.replaceChildren(usual);
    fitting.classList.add("strong");
    usual.classList.remove("strong");
  }
  const feed = ways.querySelector("[data-feed]");
  feed.textContent = feed.dataset.feed;
  feed.setAttribute("role", "button");
  feed.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(feed.href);
      feed.textContent = feed.dataset.copied;
    } catch { location.href = feed.href; }
  });
}
