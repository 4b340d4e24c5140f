"use strict";
// Follows what is saved: loads the page in the frame anew, or this page where there is no frame.
(() => {
  const frame = document.querySelector("iframe");
  const status = document.querySelector("#news");
  const bar = document.querySelector("#bar");
  let number = Number(document.body.dataset.number);
  let left = { path: "", at: 0 };

  const tell = async () => {
    const key = decodeURIComponent(location.pathname.slice(1));
    const answer = await fetch(`/preview/bar?key=${encodeURIComponent(key)}`);
    if (answer.ok) bar.innerHTML = await answer.text();
  };

  const isNotice = () => frame.contentDocument.body.className === "notice";

  // Whoever follows a link in the frame finds its address above, and other sites in a tab of their own.
  const enter = () => {
    const inside = frame.contentWindow;
    if (inside.location.pathname !== location.pathname) {
      history.replaceState(null, "", inside.location.href);
      tell();
    }
    document.title = `${document.body.dataset.preview}: ${inside.document.title}`;
    // The browser would forget the place when a mistake was shown in between.
    inside.history.scrollRestoration = "manual";
    if (left.path === location.pathname && !isNotice()) inside.scrollTo(0, left.at);
    frame.classList.toggle("embed", location.pathname.endsWith("/embed/index.html"));
    inside.document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (link && link.origin !== location.origin) link.target = "_blank";
    }, true);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = document.body.dataset.copied;
  });

  if (frame) {
    frame.addEventListener("load", enter);
    frame.src = frame.dataset.src + location.hash;
  }

  const news = new EventSource("/preview/news");
  news.onmessage = ({ data }) => {
    const now = JSON.parse(data);
    status.textContent = now.doing;
    if (now.number === number) return;
    number = now.number;
    if (!frame) location.reload();
    else {
      if (!isNotice()) left = { path: location.pathname, at: frame.contentWindow.scrollY };
      frame.contentWindow.location.reload();
      tell();
    }
  };
  news.onerror = () => { status.textContent = document.body.dataset.ended; };
})();
