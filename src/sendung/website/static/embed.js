// In a frame: the height for WordPress (wp-includes/js/wp-embed.js), and links that leave the frame.
const secret = (/[#&?]secret=([a-zA-Z0-9]+)/.exec(location.hash) || [])[1];
const post = (message, value) => parent.postMessage({ message, value, secret }, "*");
const tell = () => { if (secret) post("height", document.documentElement.scrollHeight); };
addEventListener("load", tell);
addEventListener("resize", tell);
addEventListener("message", (event) => { if (event.data?.message === "ready") tell(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !secret) return;
  event.preventDefault();
  post("link", link.href);
});
// The listener has already asked for it, on the page around the frame.
if (/[#&]play\b/.test(location.hash)) toggle();
