// What only the listen page has: chapter and cue links, the transcript, resuming, sharing.
const box = $(".transcript");
const timed = () => $$("a[data-t]");
let cues = [];
let texts = [];
let saidCue;

const jump = (event) => {
  const mark = event.target.closest("[data-t]");
  if (!mark || event.ctrlKey || event.metaKey || getSelection().toString()) return;
  event.preventDefault();
  if (mark.matches("a")) history.replaceState(null, "", `#t=${mark.dataset.t}`);
  seek(+mark.dataset.t, true);
};
for (const region of $$(".chapters, .transcript")) region.addEventListener("click", jump);
const relink = () => timed().forEach((link) => link.setAttribute("href", `#t=${link.dataset.t}`));

// A transcript too long for the page comes when it is wanted.
const ready = () => {
  cues = $$(".cues [data-t]:not(a)", box);
  texts = $$(".cues p", box).map((p) => [p, p.textContent.toLowerCase()]);
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
  } catch { /* the link is still there */ }
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
  box.addEventListener("toggle", () => { if (box.open) fetchTranscript(); });
  if (box.open) fetchTranscript();
  ready();
  everySecond.push((t) => {
    const cue = audio.readyState ? spoken(t) : null;
    if (cue === saidCue) return;
    saidCue?.removeAttribute("aria-current");
    cue?.setAttribute("aria-current", "true");
    saidCue = cue;
    if (cue && along.checked && !search.value && !audio.paused) {
      scroller.scrollTop += cue.getBoundingClientRect().top - scroller.getBoundingClientRect().top - scroller.clientHeight / 3;
    }
  });
  const highlight = (words) => {
    if (!CSS.highlights) return;
    CSS.highlights.delete("found");
    if (!words) return;
    const ranges = [];
    for (const [p] of texts) {
      if (p.hidden || ranges.length > 200) continue;
      const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        for (let at = text.indexOf(words); at >= 0 && at + words.length <= node.length; at = text.indexOf(words, at + words.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + words.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    let hits = 0;
    for (const [p, text] of texts) {
      const hit = !words || text.includes(words);
      if (hit) hits += 1;
      if (p.hidden === hit) p.hidden = !hit;
    }
    count.textContent = words ? (hits === 1 ? count.dataset.one : count.dataset.hits.replace("0", hits)) : "";
    highlight(words);
  });
} else relink();

// Nothing is read from or kept on the listener's device before Play.
const shelf = `sendung:${player.dataset.guid}`;
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* not allowed here */ } };
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const resume = $(".resume");
audio.addEventListener("play", () => {
  const rate = kept("sendung:speed");
  if (rate && speed.value === "1") {
    speed.value = rate;
    setSpeed(0);
  }
  const at = +kept(shelf);
  if (at > 15 && at < duration - 30 && position() < 5) {
    $("b", resume).textContent = clock(at);
    resume.onclick = () => { seek(at, true); resume.hidden = true; playButton.focus(); };
    resume.hidden = false;
  }
  let last = 0;
  everySecond.push((t) => {
    if (audio.paused || Math.abs(t - last) < 5) return;
    last = t;
    if (resume.hidden || t > 30) keep(shelf, t < duration - 30 ? Math.floor(t) : 0);
    if (t > 30) resume.hidden = true;
  });
  speed.addEventListener("change", () => keep("sendung:speed", speed.value));
}, { once: true });

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
show();
