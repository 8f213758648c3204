// Enhances pages that work without it: times in the viewer's zone, search as you type, details in a drawer, live pages.

const main = document.getElementById("main");
const drawer = document.getElementById("drawer");
const live = document.getElementById("live");

// Times

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const formats = {
  time: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  fine: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  exact: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  days: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  minutes: { hour: "2-digit", minute: "2-digit" },
  seconds: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  milliseconds: { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
};
for (const [name, options] of Object.entries(formats)) {
  formats[name] = new Intl.DateTimeFormat(undefined, { hourCycle: "h23", ...options });
}

function age(at) {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return formats.days.format(at);
}

function tellTimes(root) {
  for (const element of root.querySelectorAll("time, [data-at]")) {
    const at = new Date(element.getAttribute("datetime") ?? element.dataset.at);
    const text = element.dataset.as === "age" ? age(at) : formats[element.dataset.as]?.format(at);
    if (text && element.textContent !== text) element.textContent = text;
  }
}

// Pages: what has changed is put in the place of what was, so that focus, scrolling and what was opened stay.

async function read(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.getElementById("main");
  if (!content) throw new Error(`${url} answered ${answer.status}`);
  tellTimes(content);
  return { title: page.title, content };
}

const keyOf = (node) => (node.nodeType === 1 ? node.dataset.key || node.id : "");

function morph(from, to) {
  if (from.nodeType === 3) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  if (from.nodeType !== 1) return;
  const isOther = to.dataset.version !== undefined && from.dataset.version !== to.dataset.version;
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !(name === "open" && "keep" in from.dataset)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !(name === "open" && "keep" in from.dataset)) from.setAttribute(name, value);
  }
  if (from instanceof HTMLInputElement && from !== document.activeElement) from.value = to.value;
  if (from instanceof HTMLSelectElement && from !== document.activeElement) from.value = to.value;
  morphChildren(from, to);
  if (isOther) flash(from);
}

function morphChildren(from, to) {
  const keyed = new Map([...from.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let place = from.firstChild;
  for (const next of [...to.childNodes]) {
    const key = keyOf(next);
    const same = key ? keyed.get(key) : place && !keyOf(place) && place.nodeType === next.nodeType && place.nodeName === next.nodeName ? place : null;
    if (!same) {
      const added = document.importNode(next, true);
      from.insertBefore(added, place);
      if (added.nodeType === 1 && "version" in added.dataset) flash(added);
      continue;
    }
    if (same === place) place = place.nextSibling;
    else from.insertBefore(same, place);
    morph(same, next);
    if (key) keyed.delete(key);
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}

function flash(element) {
  element.classList.remove("changed");
  void element.getBoundingClientRect();
  element.classList.add("changed");
}

let reading;

async function show(url, push) {
  reading?.abort();
  const mine = (reading = new AbortController());
  main.setAttribute("aria-busy", "true");
  try {
    const page = await read(url, mine.signal);
    if (push) history.replaceState(null, "", url);
    document.title = page.title;
    main.dataset.events = page.content.dataset.events ?? "";
    morphChildren(main, page.content);
    return true;
  } catch (error) {
    if (error.name !== "AbortError") setLive("lost");
    return false;
  } finally {
    if (reading === mine) {
      reading = undefined;
      main.removeAttribute("aria-busy");
    }
  }
}

// Search as you type: a form's fields are the address.

function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
  const text = query.toString();
  return form.getAttribute("action") + (text ? `?${text}` : "");
}

let typing;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-search]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => show(addressOf(form), true), event.target.matches("select") ? 0 : 150);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-search]")) return;
  event.preventDefault();
  clearTimeout(typing);
  show(addressOf(event.target), true);
});

// The drawer: a page beside the page.

let opener;
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-drawer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  if (!drawer.open) opener = link;
  const url = link.getAttribute("href");
  const bar = Object.assign(document.createElement("div"), { className: "drawer-bar" });
  const page = Object.assign(document.createElement("a"), { className: "button", textContent: "Open as a page" });
  page.href = url;
  const close = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: "Close" });
  close.addEventListener("click", () => drawer.close());
  bar.append(page, close);
  const body = Object.assign(document.createElement("div"), { className: "drawer-body" });
  body.innerHTML = '<p class="note">Loading…</p>';
  drawer.replaceChildren(bar, body);
  if (!drawer.open) drawer.showModal();
  try {
    body.replaceChildren(...(await read(url)).content.childNodes);
  } catch {
    body.innerHTML = '<p class="note">It could not be read. Close and try again.</p>';
  }
});
drawer.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close();
});
drawer.addEventListener("close", () => opener?.isConnected && opener.focus());

// Live: an event says that something changed, and the page is read again, once for all events of a moment. Should the events stay
// away, the page is read again every few seconds.

const Moment = 400;
const Patience = 5000;
let events;
let due;
let missed = false;
let last = 0;
let paused = false;

function setLive(state) {
  live.hidden = !main.dataset.events && !paused;
  live.dataset.state = state;
  live.setAttribute("aria-pressed", String(!paused));
  live.querySelector(".live-word").textContent = { on: "Live", poll: "Live", paused: "Paused", lost: "No connection" }[state];
}

function refresh(after) {
  if (paused || document.hidden) return;
  missed = true;
  due ??= setTimeout(async () => {
    if (!paused && !reading && !document.activeElement?.matches("select")) {
      // What happens from here on may not be on the page that is read.
      missed = false;
      last = Date.now();
      if (await show(location.pathname + location.search, false)) setLive(events?.readyState === EventSource.OPEN ? "on" : "poll");
    }
    due = undefined;
    if (missed) refresh(Moment);
  }, Math.max(after, last + 1000 - Date.now()));
}

function listen() {
  events?.close();
  if (!main.dataset.events || paused) return;
  events = new EventSource(main.dataset.events);
  events.addEventListener("open", () => setLive("on"));
  events.addEventListener("change", () => refresh(Moment));
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setLive("poll");
  });
}

live.addEventListener("click", () => {
  paused = !paused;
  setLive(paused ? "paused" : "poll");
  listen();
  refresh(0);
});
document.addEventListener("visibilitychange", () => !document.hidden && main.dataset.events && refresh(0));
addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", (event) => event.persisted && listen());
setInterval(() => {
  tellTimes(document);
  if (main.dataset.events && Date.now() - last > Patience) refresh(0);
}, 1000);

// Keys

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog")) return;
  const search = document.getElementById("search");
  if (search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else {
    location.href = "/console/workflows";
  }
});

document.getElementById("zone").textContent = zone;
document.documentElement.classList.add("scripted");
last = Date.now();
tellTimes(document);
if (main.dataset.events) {
  setLive("poll");
  listen();
}
