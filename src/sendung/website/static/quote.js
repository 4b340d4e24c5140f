// A passage of the transcript that somebody has marked is passed on with the moment at which it is said.
{
  const button = document.querySelector(".quote");
  const scroller = document.querySelector(".scroller");
  let quote;
  const marked = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!scroller.contains(range.commonAncestorContainer)) return null;
    const first = [...scroller.querySelectorAll("span[data-t]")].find((cue) => range.intersectsNode(cue));
    const piece = range.cloneContents();
    for (const mark of piece.querySelectorAll("a,h3")) mark.remove();
    const words = piece.textContent.replace(/\s+/g, " ").trim();
    return first && words ? { words, start: first.dataset.t } : null;
  };
  if (button) {
    const label = button.textContent;
    document.addEventListener("selectionchange", () => {
      quote = marked();
      button.textContent = label;
      button.hidden = !quote;
    });
    // A press would take the marks away before the click comes.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", async () => {
      if (!quote) return;
      const url = `${document.querySelector("link[rel=canonical]").href}#t=${quote.start}`;
      const text = `“${quote.words}” – ${button.dataset.title}`;
      try {
        if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ text, url });
        else await navigator.clipboard.writeText(`${text}\n${url}`);
        button.textContent = button.dataset.copied;
      } catch { /* closed without a choice, or not allowed */ }
    });
  }
}
