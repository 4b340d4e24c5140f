// Finds episodes as one types; older ones, on pages of their own, are fetched with the first key.
const field = document.querySelector("[type=search]");
const list = document.querySelector(".episodes");
const count = document.querySelector(".find [role=status]");
const older = document.querySelector(".older");
let fetched;

const fetchOlder = async () => {
  const known = new Set([...list.querySelectorAll("h3 a")].map((link) => link.href));
  for (const link of older ? older.querySelectorAll("a") : []) {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const item of page.querySelectorAll(".episodes > li")) {
      for (const a of item.querySelectorAll("a")) a.href = new URL(a.getAttribute("href"), link.href).href;
      for (const img of item.querySelectorAll("img")) img.src = new URL(img.getAttribute("src"), link.href).href;
      if (known.has(item.querySelector("h3 a").href)) continue;
      item.dataset.old = "";
      list.append(document.adoptNode(item));
    }
    filter();
  }
};
const filter = () => {
  const words = field.value.trim().toLowerCase();
  let hits = 0;
  for (const item of list.children) {
    item.words ??= item.textContent.toLowerCase();
    item.hidden = words ? !item.words.includes(words) : "old" in item.dataset;
    if (!item.hidden) hits += 1;
  }
  if (older) older.hidden = !!words;
  count.textContent = words ? (hits === 1 ? count.dataset.one : count.dataset.hits.replace("0", hits)) : "";
};
field.addEventListener("input", () => {
  fetched ??= fetchOlder().catch(() => {});
  filter();
});
document.querySelector(".find").hidden = false;
