// What only the listen page has: chapters and times as links, the transcript, sleeping, sharing, other episodes.
const box = $(".transcript");
const transcriptWanted = () => /[#&]transcript\b/.test(location.hash);
let cues = [];
let texts = [];
let saidCue;

// Times in the notes lead to where they are in the audio.
const notes = $(".notes");
if (notes) {
  const walker = document.createTreeWalker(notes, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a, pre, code")) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const parts = node.data.split(/((?<![\d:.,-])(?:\d{1,2}:)?\d{1,2}:[0-5]\d(?![\d:]))/);
    if (parts.length < 2) continue;
    node.replaceWith(...parts.map((part, index) => {
      const t = seconds(part);
      if (index % 2 === 0 || !(t < duration)) return part;
      const link = document.createElement("a");
      link.dataset.t = t;
      link.textContent = part;
      return link;
    }));
  }
}
const relink = () => {
  for (const link of $$("a[data-t]")) {
    const passage = link.closest(".transcript") ? "&transcript" : "";
    link.setAttribute("href", `#t=${link.dataset.t}${passage}`);
  }
};
const jump = (event) => {
  const mark = event.target.closest("[data-t]");
  if (!mark || event.ctrlKey || event.metaKey || getSelection().toString()) return;
  event.preventDefault();
  if (mark.matches("a")) history.replaceState(null, "", mark.getAttribute("href"));
  seek(+mark.dataset.t, true);
};
for (const region of $$(".chapters, .transcript, .notes")) region.addEventListener("click", jump);

// A link that is followed while it plays opens beside, so that it plays on.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || audio.paused || link.hasAttribute("download") || !/^https?:/.test(link.protocol)) return;
  if (link.href.split("#")[0] !== location.href.split("#")[0]) link.target = "_blank";
});

// Chapters: a long list is folded on phones; the cover shows the picture of the present one.
const list = $(".chapters ol");
const unfold = $(".chapters > button");
if (unfold) {
  list.classList.add("folded");
  unfold.hidden = false;
  unfold.addEventListener("click", () => {
    list.classList.remove("folded");
    unfold.hidden = true;
  });
}
for (const button of $$("[data-chapter]")) button.addEventListener("click", () => chapterBy(+button.dataset.chapter));
const cover = $(".opening .cover");
const { src: coverSource } = cover;
everySecond.push(() => {
  const picture = audio.readyState ? current(chapters)?.dataset.picture || coverSource : coverSource;
  if (cover.getAttribute("src") !== picture && cover.src !== picture) cover.src = picture;
});

// Volume and sleep
const volume = $(".volume");
volume.addEventListener("input", () => {
  audio.volume = volume.value;
  audio.muted = false;
});
const sleep = $(".sleep select");
let asleep;
sleep.addEventListener("change", () => {
  clearTimeout(asleep);
  stopAt = Infinity;
  const end = () => {
    pause();
    sleep.value = "";
  };
  if (sleep.value === "chapter") {
    const next = chapters[chapters.indexOf(current(chapters)) + 1];
    stopAt = next ? +next.dataset.t : Infinity;
  } else if (sleep.value) asleep = setTimeout(end, sleep.value * 60000);
});
audio.addEventListener("pause", () => { if (sleep.value === "chapter") sleep.value = ""; });

// A transcript too long for the page comes when it is wanted.
// "forderung" finds "Förderung", and "strasse" finds "Straße".
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").toLowerCase();
const ready = () => {
  cues = $$(".cues [data-t]:not(a)", box);
  texts = [];
  let speaker;
  for (const child of $(".cues", box)?.children || []) {
    if (child.matches("h3")) speaker = child;
    else texts.push([child, fold(child.textContent), speaker]);
  }
  relink();
};
const fetchTranscript = async () => {
  const link = $("a[data-fetch]", box);
  if (!link) return;
  link.removeAttribute("data-fetch");
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    link.parentElement.replaceWith(document.adoptNode($(".cues", page)));
    ready();
    show();
  } catch { link.dataset.fetch = ""; }
};
const spoken = (t) => {
  let [low, high] = [0, cues.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (+cues[middle].dataset.t <= t + 0.05) low = middle + 1;
    else high = middle;
  }
  return cues[low - 1];
};
if (box) {
  const search = $("input[type=search]", box);
  const count = $("[role=status]", box);
  const along = $("[name=along]", box);
  const scroller = $(".scroller", box);
  const steps = $(".steps", box);
  let hits = [];
  let hit = 0;
  const reveal = (target, share) => {
    scroller.scrollTop += target.getBoundingClientRect().top - scroller.getBoundingClientRect().top - scroller.clientHeight * share;
  };
  box.addEventListener("toggle", () => { if (box.open) fetchTranscript(); });
  if (box.open) fetchTranscript();
  ready();
  everySecond.push((t) => {
    const cue = audio.readyState || transcriptWanted() ? spoken(t) : null;
    if (cue === saidCue) return;
    saidCue?.removeAttribute("aria-current");
    cue?.setAttribute("aria-current", "true");
    saidCue = cue;
    if (cue && along.checked && !search.value && !audio.paused) reveal(cue, 1 / 3);
  });
  // A link to a passage opens it.
  const open = async () => {
    if (!transcriptWanted()) return;
    box.open = true;
    await fetchTranscript();
    show();
    box.scrollIntoView();
    if (saidCue) reveal(saidCue, 1 / 3);
  };
  addEventListener("hashchange", open);
  open();

  // Here and not in the page's style: validators of CSS do not know it yet.
  if (CSS.highlights) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("::highlight(found){background:#ffd84d;color:#000}::highlight(hit){background:#ff8a3d;color:#000}");
    document.adoptedStyleSheets = [sheet];
  }
  // Where folded words are in a text, as ranges of the text itself: folding may lengthen it ("ß") or shorten it.
  const rangesIn = (node, words) => {
    const folded = fold(node.data);
    if (!folded.includes(words)) return [];
    const places = [];
    for (let at = 0; at < node.length && folded.length !== node.length; at += 1) {
      places.push(...Array.from(fold(node.data[at]), () => at));
    }
    const ranges = [];
    for (let at = folded.indexOf(words); at >= 0; at = folded.indexOf(words, at + words.length)) {
      const range = new Range();
      const last = at + words.length - 1;
      range.setStart(node, places[at] ?? at);
      range.setEnd(node, (places[last] ?? last) + 1);
      ranges.push(range);
    }
    return ranges;
  };
  const highlight = (words) => {
    const ranges = [];
    for (const [p] of words ? texts : []) {
      if (p.hidden || ranges.length > 200) continue;
      const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) ranges.push(...rangesIn(walker.currentNode, words));
    }
    if (CSS.highlights) CSS.highlights.set("found", new Highlight(...ranges));
    return ranges;
  };
  const step = (by) => {
    if (!hits.length) return;
    hit = (hit + by + hits.length) % hits.length;
    if (CSS.highlights && hits[hit] instanceof Range) CSS.highlights.set("hit", new Highlight(hits[hit]));
    reveal(hits[hit], 1 / 4);
  };
  search.addEventListener("input", () => {
    const words = fold(search.value.trim());
    let found = 0;
    const heard = new Set();
    for (const [p, text, speaker] of texts) {
      const shown = !words || text.includes(words);
      if (shown) found += 1;
      if (p.hidden === shown) p.hidden = !shown;
      if (shown) heard.add(speaker);
    }
    for (const heading of $$("h3", box)) heading.hidden = !heard.has(heading);
    count.textContent = words ? (found === 1 ? count.dataset.one : count.dataset.hits.replace("0", found)) : "";
    hits = highlight(words);
    if (!hits.length && words) hits = texts.filter(([p]) => !p.hidden).map(([p]) => p);
    steps.hidden = hits.length < 2;
    hit = 0;
    CSS.highlights?.delete("hit");
    step(0);
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") step(event.shiftKey ? -1 : 1); });
  for (const button of $$("[data-step]", box)) button.addEventListener("click", () => step(+button.dataset.step));
} else relink();

// Once it has played, the buttons stay in sight.
let played = false;
audio.addEventListener("play", () => { played = true; });
new IntersectionObserver(([{ isIntersecting, boundingClientRect }]) => {
  player.classList.toggle("away", played && !isIntersecting && boundingClientRect.top < 0);
}).observe(player);

const share = $(".share");
if (share) {
  const link = $("[name=link]", share);
  const timedShare = $("[type=checkbox]", share);
  const said = $("[role=status]", share);
  const plain = link.value;
  const write = () => {
    $(".from", share).textContent = clock(position());
    link.value = timedShare.checked ? `${plain}#t=${Math.floor(position())}` : plain;
  };
  everySecond.push(() => { if (share.open && !timedShare.checked) write(); });
  share.addEventListener("toggle", write);
  share.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !share.open) return;
    share.open = false;
    $("summary", share).focus();
  });
  timedShare.addEventListener("change", write);
  for (const button of $$("[data-copy]", share)) {
    button.addEventListener("click", async () => {
      const field = $(`[name=${button.dataset.copy}]`, share);
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
      said.textContent = said.dataset.copied;
    });
  }
  const native = $("[data-native]", share);
  native.hidden = !navigator.share;
  native.addEventListener("click", () => navigator.share({ title: player.dataset.title, url: link.value }).catch(() => {}));
}

// An old episode says so. The listener's clock decides: nothing is rendered again when a day has passed.
const age = $(".age");
if (age) age.hidden = Date.now() - Date.parse(age.dataset.date) < age.dataset.days * 864e5;

// More to hear: those of the show's newest that share keywords, then the newest.
const topics = $(".topics");
if (topics) {
  const { keywords } = topics.dataset;
  const words = (text) => new Set((text || "").toLowerCase().split("|").filter(Boolean));
  const mine = words(keywords);
  const fill = async () => {
    const source = $("a", topics).href;
    const answer = await fetch(source);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = $$(".episodes > li[data-guid]", page)
      .filter((row) => row.dataset.guid !== player.dataset.guid)
      .map((row) => [[...words(row.dataset.keywords)].filter((word) => mine.has(word)).length, row])
      .sort(([more], [less]) => less - more)
      .slice(0, 4);
    for (const [, row] of rows) {
      const link = document.adoptNode($("h3 a", row));
      link.href = new URL(link.getAttribute("href"), source).href;
      const item = document.createElement("li");
      item.append(document.adoptNode($(".meta", row)), link);
      $("ul", topics).append(item);
    }
    topics.hidden = !rows.length;
  };
  new IntersectionObserver(([{ isIntersecting }], watch) => {
    if (!isIntersecting) return;
    watch.disconnect();
    fill().catch(() => {});
  }, { rootMargin: "300px" }).observe($("footer"));
}
show();
