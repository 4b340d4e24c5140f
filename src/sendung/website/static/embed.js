// In a frame: the height for whoever put it there (WordPress: wp-includes/js/wp-embed.js), and links that leave the frame.
const secret = (/[#&?]secret=([a-zA-Z0-9]+)/.exec(location.hash) || [])[1];
const post = (message, value) => secret && parent.postMessage({ message, value, secret }, "*");
// Of the content, not of the frame: so it is told also when the frame is too tall.
const measure = () => post("height", Math.ceil(document.body.getBoundingClientRect().height));
new ResizeObserver(measure).observe(document.body);
addEventListener("load", measure);
addEventListener("message", (event) => { if (event.data?.message === "ready") measure(); });
// A sandbox allows no window beside: there the page around it opens the link.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !secret || self.origin !== "null") return;
  event.preventDefault();
  post("link", link.href);
});
// The listener has already asked for it, on the page around the frame.
if (/[#&]play\b/.test(location.hash)) toggle();
