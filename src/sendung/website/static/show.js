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
    for (const item of page.querySelectorAll(".episodes > li[data-guid]")) {
      for (const a of item.querySelectorAll("a")) a.href = new URL(a.getAttribute("href"), link.href).href;
      for (const img of item.querySelectorAll("img")) img.src = new URL(img.getAttribute("src"), link.href).href;
      if (known.has(item.querySelector("h3 a").href)) continue;
      for (const button of item.querySelectorAll("[data-audio]")) button.dataset.audio = new URL(button.dataset.audio, link.href).href;
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
    if (!item.dataset.guid) {
      item.hidden = !!words;
      continue;
    }
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

// Plays from the list, in a bar at the lower edge that keeps the place for the listen page, too.
const bar = document.querySelector(".bar");
if (bar) {
  const audio = bar.querySelector("audio");
  const button = bar.querySelector("button");
  const link = bar.querySelector("a");
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* not allowed here */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const others = "BroadcastChannel" in window ? new BroadcastChannel("sendung") : null;
  let item;
  const shelf = () => `sendung:${item.dataset.guid}`;
  const clock = (t) => new Date(t * 1000).toISOString().slice(t < 3600 ? 14 : 11, 19);
  // What is left of each is told once somebody plays: before, nothing is read from a listener's device.
  const tell = () => {
    for (const row of list.querySelectorAll("[data-guid]")) {
      const at = +kept(`sendung:${row.dataset.guid}`);
      const left = row.querySelector(".left");
      left.textContent = at > 15 ? left.dataset.left.replace("0", Math.max(1, Math.round((row.dataset.duration - at) / 60))) : "";
    }
  };
  const note = () => {
    if (!item || audio.readyState < 1) return;
    keep(shelf(), audio.currentTime < item.dataset.duration - 30 ? Math.floor(audio.currentTime) : 0);
  };
  const hear = (row) => {
    if (row === item) return audio.paused ? audio.play().catch(() => {}) : audio.pause();
    note();
    item = row;
    const title = row.querySelector("h3 a");
    link.href = title.href;
    link.textContent = title.textContent;
    audio.src = row.querySelector("[data-audio]").dataset.audio;
    bar.hidden = false;
    const at = +kept(shelf());
    audio.addEventListener("loadedmetadata", () => {
      if (at > 15) audio.currentTime = at;
      audio.playbackRate = kept("sendung:speed") || 1;
    }, { once: true });
    tell();
    return audio.play().catch(() => {});
  };
  list.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-audio]");
    if (!wanted || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    hear(wanted.closest("li"));
  });
  button.addEventListener("click", () => hear(item));
  const newest = document.querySelector(".newest");
  newest?.addEventListener("click", (event) => {
    event.preventDefault();
    hear(list.querySelector("[data-guid]"));
  });
  for (const event of ["play", "pause", "ended"]) {
    audio.addEventListener(event, () => {
      bar.classList.toggle("playing", !audio.paused);
      button.setAttribute("aria-label", button.dataset[audio.paused ? "play" : "pause"]);
      note();
      tell();
    });
  }
  audio.addEventListener("play", () => others?.postMessage("play"));
  if (others) others.onmessage = () => audio.pause();
  audio.addEventListener("timeupdate", () => {
    bar.querySelector(".now").textContent = clock(audio.currentTime);
    if (Math.floor(audio.currentTime) % 5 === 0) note();
  });
  addEventListener("pagehide", note);
  // A link that is followed while it plays opens beside, so that it plays on.
  document.addEventListener("click", (event) => {
    const followed = event.target.closest("a[href]");
    if (followed && !event.defaultPrevented && !audio.paused && /^https?:/.test(followed.protocol) && !followed.hash) followed.target = "_blank";
  });
}
