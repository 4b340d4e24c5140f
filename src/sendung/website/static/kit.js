// Copy buttons of the author's kit.
for (const section of document.querySelectorAll(".kit section")) {
  const button = section.querySelector("button");
  if (!button) continue;
  const field = section.querySelector("textarea");
  button.hidden = false;
  // A narrow box breaks lines more often than the page reckoned with.
  field.rows = Math.max(1, Math.ceil(field.rows * field.scrollHeight / field.clientHeight));
  button.addEventListener("click", async () => {
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    section.querySelector("[role=status]").textContent = document.querySelector(".kit").dataset.copied;
  });
}
