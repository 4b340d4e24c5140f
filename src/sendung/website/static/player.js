// The player that the listen page and the embed share. The native one stays in place until this has taken over.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const player = $(".player");
const audio = $("audio", player);
const seekBar = $(".seek", player);
const playButton = $("[data-play]", player);
const speed = $(".speed select", player);
const chapters = $$(".chapters [data-t]");
const duration = +player.dataset.duration;
const everySecond = [];
let start = 0; // where to begin once the audio is there
let stopAt = Infinity;

const clock = (t) => {
  const [h, m, s] = [Math.floor(t / 3600), Math.floor(t / 60) % 60, Math.floor(t % 60)];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

// "90", "1:30", "1:02:03", "1h2m3s"; NaN for anything else
const seconds = (text) => {
  const units = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d*)?)s?)?$/.exec(text);
  if (units) return (units[1] || 0) * 3600 + (units[2] || 0) * 60 + +(units[3] || 0);
  return /^\d+(:\d\d?){1,2}(\.\d*)?$/.test(text) ? text.split(":").reduce((sum, part) => sum * 60 + +part, 0) : NaN;
};

// Media Fragments URI 1.0, section 4.2.1: [from, to] of #t=from,to
const fragment = () => {
  const found = /[#&?]t=(?:npt:)?([^&#?]*)/.exec(location.hash.replace(/%3A/gi, ":").replace(/%2C/gi, ","));
  if (!found) return [NaN, NaN];
  const [from, to] = found[1].split(",");
  return [seconds(from), to ? seconds(to) : NaN];
};

const position = () => (audio.readyState ? audio.currentTime : start);
const current = (marks) => marks.findLast((mark) => +mark.dataset.t <= position() + 0.05);

const seek = (t, play) => {
  start = Math.min(Math.max(0, t), duration);
  stopAt = Infinity;
  if (audio.readyState) audio.currentTime = start;
  show();
  if (play) audio.play().catch(() => {});
};

const show = () => {
  const t = position();
  const share = duration ? Math.min(1, t / duration) : 0;
  $("#done rect").setAttribute("width", share * 240);
  for (const end of ["x1", "x2"]) $(".needle").setAttribute(end, `${share * 100}%`);
  $(".now").textContent = clock(t);
  seekBar.value = t;
  const chapter = current(chapters);
  const title = chapter ? $("b", chapter).textContent : "";
  if ($(".on-air")) $(".on-air").textContent = title;
  seekBar.setAttribute("aria-valuetext", `${clock(t)} / ${clock(duration)} ${title}`.trim());
  for (const mark of chapters) mark.setAttribute("aria-current", mark === chapter);
  for (const task of everySecond) task(t);
};

const toggle = () => (audio.paused ? audio.play().catch(() => {}) : audio.pause());
const skip = (by) => seek(position() + by);
const chapterBy = (step) => {
  const next = chapters[chapters.indexOf(current(chapters)) + step];
  if (next) seek(+next.dataset.t);
};
const setSpeed = (step) => {
  speed.selectedIndex = Math.min(Math.max(0, speed.selectedIndex + step), speed.length - 1);
  speed.dispatchEvent(new Event("change"));
};
const follow = () => {
  const [from, to] = fragment();
  if (Number.isNaN(from)) return;
  seek(from, !audio.paused);
  if (to > from) stopAt = to;
};

audio.addEventListener("loadedmetadata", () => {
  if (Math.abs(audio.currentTime - start) > 0.1) audio.currentTime = start;
  audio.playbackRate = speed.value;
});
audio.addEventListener("timeupdate", () => {
  if (audio.currentTime >= stopAt) {
    audio.pause();
    stopAt = Infinity;
  }
  if (audio.readyState) show();
});
for (const event of ["play", "pause", "ended"]) {
  audio.addEventListener(event, () => {
    player.classList.toggle("playing", !audio.paused);
    playButton.setAttribute("aria-label", playButton.dataset[audio.paused ? "play" : "pause"]);
  });
}
audio.addEventListener("error", () => {
  $(".trouble").hidden = false;
});
speed.addEventListener("change", () => {
  audio.playbackRate = speed.value;
});
seekBar.addEventListener("input", () => seek(+seekBar.value));
playButton.addEventListener("click", toggle);
for (const button of $$("[data-skip]")) button.addEventListener("click", () => skip(+button.dataset.skip));

// Single keys act only inside the player (WCAG 2.2, success criterion 2.1.4).
const keys = {
  k: toggle, " ": toggle, j: () => skip(-15), l: () => skip(30), ArrowLeft: () => skip(-15), ArrowRight: () => skip(30),
  m: () => { audio.muted = !audio.muted; }, "<": () => setSpeed(-1), ">": () => setSpeed(1),
  n: () => chapterBy(1), p: () => chapterBy(-1), Home: () => seek(0), End: () => seek(duration),
};
player.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const typing = target.matches("select, textarea, input:not(.seek)");
  const pressing = key === " " && target.matches("button, summary, a");
  if (!keys[key] || typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  keys[key]();
});

if ("mediaSession" in navigator) {
  const session = navigator.mediaSession;
  const { title, artist, album, art } = player.dataset;
  audio.addEventListener("play", () => {
    session.metadata = new MediaMetadata({ title, artist, album, artwork: [{ src: new URL(art, location.href).href }] });
    const actions = {
      seekbackward: () => skip(-15), seekforward: () => skip(30), seekto: (details) => seek(details.seekTime),
      ...(chapters.length && { previoustrack: () => chapterBy(-1), nexttrack: () => chapterBy(1) }),
    };
    for (const [action, handler] of Object.entries(actions)) {
      try { session.setActionHandler(action, handler); } catch { /* this browser has no such button */ }
    }
  });
  everySecond.push((t) => {
    if (audio.readyState && duration) session.setPositionState?.({ duration, position: Math.min(t, duration), playbackRate: audio.playbackRate });
  });
}

addEventListener("hashchange", follow);
follow();
show();
// Whatever this browser does not know has failed by now, with the native player still in place.
audio.controls = false;
for (const part of $$("[data-enhanced]")) part.hidden = false;
