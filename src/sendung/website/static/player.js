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
const trouble = $(".trouble", player);
const onAir = $(".on-air", player);
const everySecond = [];
let start = 0; // where it is, or is to be: what an element says of itself after an error is wrong
let stopAt = Infinity;
let waiting = 0; // the timer that runs while nothing is heard that should be
let attempts = 0;
let since = 0;
let stuck = false; // nothing came when it should have; only loading anew helps
let wanted = false; // it is to play, whether or not it can: an element that failed calls itself paused
let asked; // whether the address named a time

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

const position = () => (audio.readyState && !audio.error ? audio.currentTime : start);
const current = (marks) => marks.findLast((mark) => +mark.dataset.t <= position() + 0.05);

// After a break in the network the element is dead until it is loaded anew; the place is kept.
const revive = () => {
  attempts += 1;
  since = start;
  audio.load();
  audio.play().catch(() => {});
};
const play = () => {
  attempts = 0;
  wanted = true;
  if (audio.error || stuck) revive();
  else audio.play().catch(() => {});
};
const rest = () => {
  clearTimeout(waiting);
  waiting = 0;
  player.classList.remove("waiting");
};
// Whatever the reason: nothing is heard. Said at once, and tried again after some seconds, each time later.
const wait = () => {
  if (waiting || !wanted) return;
  stuck = true;
  player.classList.add("waiting");
  waiting = setTimeout(() => {
    rest();
    if (attempts > 5) return pause();
    revive();
    return wait();
  }, (audio.error ? 2000 : 10000) * 2 ** attempts);
  show();
};
const tell = () => {
  player.classList.toggle("playing", wanted);
  playButton.setAttribute("aria-label", playButton.dataset[wanted ? "pause" : "play"]);
};
const pause = () => {
  wanted = false;
  audio.pause();
  rest();
  tell();
  show();
};

const seek = (t, playing) => {
  start = Math.min(Math.max(0, t), duration);
  stopAt = Infinity;
  if (audio.readyState && !audio.error) audio.currentTime = start;
  show();
  if (playing) play();
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
  onAir.textContent = waiting ? onAir.dataset.waiting : title;
  seekBar.setAttribute("aria-valuetext", `${clock(t)} / ${clock(duration)} ${title}`.trim());
  for (const mark of chapters) mark.setAttribute("aria-current", mark === chapter);
  for (const task of everySecond) task(t);
};

const toggle = () => (wanted ? pause() : play());
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
  asked = true;
  seek(from, !audio.paused);
  if (to > from) stopAt = to;
};

audio.addEventListener("loadedmetadata", () => {
  if (Math.abs(audio.currentTime - start) > 0.1) audio.currentTime = start;
  audio.playbackRate = speed.value;
});
audio.addEventListener("timeupdate", () => {
  if (audio.error || audio.seeking || !audio.readyState) return;
  start = audio.currentTime;
  if (start > since + 10) attempts = 0;
  if (audio.currentTime >= stopAt) {
    pause();
    stopAt = Infinity;
  }
  show();
});
audio.addEventListener("play", () => {
  wanted = true;
  tell();
});
for (const event of ["pause", "ended"]) audio.addEventListener(event, () => { if (!audio.error) pause(); });
audio.addEventListener("waiting", wait);
audio.addEventListener("stalled", () => { if (audio.readyState < 3) wait(); });
audio.addEventListener("playing", () => {
  if (audio.error) return;
  stuck = false;
  rest();
  trouble.hidden = true;
  show();
});
audio.addEventListener("error", () => {
  trouble.hidden = false;
  rest();
  wait();
});
addEventListener("online", () => { if (wanted && stuck) revive(); });

// One at a time, of all players of this site's in this browser.
const others = "BroadcastChannel" in window && self.origin !== "null" ? new BroadcastChannel("sendung") : null;
if (others) {
  audio.addEventListener("play", () => others.postMessage("play"));
  others.onmessage = pause;
}
const muteButton = $("[data-mute]", player);
const mute = () => { audio.muted = !audio.muted; };
muteButton.addEventListener("click", mute);
audio.addEventListener("volumechange", () => muteButton.setAttribute("aria-pressed", audio.muted || !audio.volume));

speed.addEventListener("change", () => {
  audio.playbackRate = speed.value;
});
seekBar.addEventListener("input", () => seek(+seekBar.value));
playButton.addEventListener("click", toggle);
for (const button of $$("[data-skip]")) button.addEventListener("click", () => skip(+button.dataset.skip));

// Single keys act only inside the player (WCAG 2.2, success criterion 2.1.4).
const keys = {
  k: toggle, " ": toggle, j: () => skip(-15), l: () => skip(30), ArrowLeft: () => skip(-15), ArrowRight: () => skip(30),
  m: mute, "<": () => setSpeed(-1), ">": () => setSpeed(1),
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
      play, pause, ...(chapters.length && { previoustrack: () => chapterBy(-1), nexttrack: () => chapterBy(1) }),
    };
    for (const [action, handler] of Object.entries(actions)) {
      try { session.setActionHandler(action, handler); } catch { /* this browser has no such button */ }
    }
  });
  everySecond.push((t) => {
    if (audio.readyState && duration) session.setPositionState?.({ duration, position: Math.min(t, duration), playbackRate: audio.playbackRate });
  });
}

// Nothing is read from or kept on the listener's device before Play; in a sandbox nothing can be.
const shelf = `sendung:${player.dataset.guid}`;
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* not allowed here */ } };
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const again = $(".resume", player);
audio.addEventListener("play", () => {
  const rate = kept("sendung:speed");
  if (rate && speed.value === "1") {
    speed.value = rate;
    setSpeed(0);
  }
  const at = +kept(shelf);
  if (!asked && at > 15 && at < duration - 30 && position() < 5) {
    seek(at);
    if (again) {
      again.hidden = false;
      again.onclick = () => { seek(0, true); again.hidden = true; playButton.focus(); };
      setTimeout(() => { again.hidden = true; }, 60000);
    }
  }
  let last = 0;
  const note = () => keep(shelf, position() < duration - 30 ? Math.floor(position()) : 0);
  everySecond.push((t) => {
    if (audio.paused || Math.abs(t - last) < 5) return;
    last = t;
    note();
  });
  audio.addEventListener("pause", note);
  addEventListener("pagehide", note);
  speed.addEventListener("change", () => keep("sendung:speed", speed.value));
}, { once: true });

addEventListener("hashchange", follow);
follow();
show();
// Whatever this browser does not know has failed by now, with the native player still in place.
audio.controls = false;
for (const part of $$("[data-enhanced]")) part.hidden = false;
