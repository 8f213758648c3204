// Enhances pages that work without it: times in the viewer's zone, search as you type, details in a drawer, live pages.

const main = document.getElementById("main");
const drawer = document.getElementById("drawer");
const live = document.getElementById("live");
const stale = document.getElementById("stale");
const health = document.getElementById("health");

// In milliseconds: from a sign to the read that it causes, between reads without one, from a failed read to the next; how long a read may
// take, and how old may be what is called live.
const [Moment, Every, Retry, Timeout, Fresh] = [400, 5000, 2000, 8000, 12000];
const [Ask, Old] = [10000, 25000]; // how long the strip is not asked for, and from when on it says nothing any more

let begun = 0; // when the last read began
let readAt = performance.timeOrigin; // when the read began whose content is shown
let failure = null; // why the last read failed
let failures = 0;
let isStreaming = false;
let paused = false;

// Times

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const formats = {
  time: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  fine: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  exact: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  days: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  day: { weekday: "short", day: "numeric" },
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
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24} h ago`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tellTimes(root) {
  for (const element of root.querySelectorAll("time, [data-at]")) {
    const at = new Date(element.getAttribute("datetime") ?? element.dataset.at);
    const text = element.dataset.as === "age" ? age(at) : formats[element.dataset.as]?.format(at);
    if (text) write(element, text);
  }
}

// Pages: what has changed is put in the place of what was, so that focus, scrolling and what was opened stay.

async function read(url, stop = new AbortController()) {
  // A connection that has fallen silent never fails by itself.
  const timer = setTimeout(() => stop.abort(new Error("The service does not answer.")), Timeout);
  try {
    const answer = await fetch(url, { signal: stop.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    showHealth(page);
    const content = page.getElementById("main");
    if (content?.dataset.fault) throw new Error(content.dataset.fault);
    if (!content || answer.status >= 500) throw new Error(`The service answers ${answer.status}.`);
    tellTimes(content);
    return { title: page.title, content };
  } catch (error) {
    throw error instanceof TypeError ? new Error("The service can't be reached.") : error;
  } finally {
    clearTimeout(timer);
  }
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

let address = location.pathname + location.search;
let reading;

// Typing makes one entry of the history, which the next letters replace: Back leads to what was before it.
let isEntry = false;

async function show(url, isNew = false) {
  reading?.abort();
  const mine = (reading = new AbortController());
  [address, begun] = [url, Date.now()];
  main.setAttribute("aria-busy", "true");
  tellState();
  try {
    const page = await read(url, mine);
    if (url !== location.pathname + location.search) {
      if (isNew && !isEntry) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
      isEntry = isNew;
    }
    document.title = page.title;
    for (const name of ["events", "fault"]) main.dataset[name] = page.content.dataset[name] ?? "";
    const focused = document.activeElement;
    morphChildren(main, page.content);
    // A row that moves takes the focus from what is in it.
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    [readAt, failure, failures] = [begun, null, 0];
  } catch (error) {
    if (reading !== mine) return;
    [failure, failures] = [error, failures + 1];
  }
  reading = undefined;
  main.removeAttribute("aria-busy");
  join();
  tellState();
  plan(failure ? Retry : Every);
}

// The strip: every page that is read brings it, also one that says that nothing else can be read. A page that is not read by itself asks for
// it. What is old is not called healthy.

let healthAt = performance.timeOrigin;
let isAskingHealth = false;

function showHealth(page) {
  const next = page.getElementById("health");
  if (!next) return;
  tellTimes(next);
  // Whether the page is the present one is of the page that is shown.
  const current = health.querySelector("a").getAttribute("aria-current");
  if (current) next.querySelector("a").setAttribute("aria-current", current);
  else next.querySelector("a").removeAttribute("aria-current");
  morph(health, next);
  healthAt = Date.now();
  tellHealth();
}

function tellHealth() {
  const isOld = Date.now() - healthAt > Old;
  health.classList.toggle("is-old", isOld);
  health.querySelector(".health-word").hidden = isOld;
  health.querySelector(".health-lost").hidden = !isOld;
}

async function askHealth() {
  if (document.hidden || isAskingHealth || Date.now() - Math.max(healthAt, begun) < Ask) return;
  isAskingHealth = true;
  try {
    await read(health.dataset.page);
  } catch {
    // Then it gets old.
  }
  isAskingHealth = false;
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
document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-search]")) isEntry = false;
});
addEventListener("popstate", () => {
  isEntry = false;
  clearTimeout(typing);
  if (location.pathname + location.search === address) return;
  // What is typed belongs to the address that was left.
  if (document.activeElement?.closest("form[data-search]")) document.activeElement.blur();
  show(location.pathname + location.search);
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
  const note = Object.assign(document.createElement("p"), { className: "note", textContent: "Loading…" });
  body.append(note);
  drawer.replaceChildren(bar, body);
  if (!drawer.open) drawer.showModal();
  while (drawer.open && body.isConnected) {
    try {
      return body.replaceChildren(...(await read(url)).content.childNodes);
    } catch (error) {
      note.textContent = `${error.message} Trying again…`;
      await new Promise((resolve) => setTimeout(resolve, Retry));
    }
  }
});
drawer.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close();
});
drawer.addEventListener("close", () => opener?.isConnected && opener.focus());

// Live: a sign of the follower or, without one, the time has the page read again. A page that could not be read says since when it is
// stale, and tries again. It is live only as long as what it shows was read a moment ago.

function isFollowing() {
  return !paused && !document.hidden && Boolean(main.dataset.events || failure);
}

let due;
let dueAt = Infinity;

// Reads again after a while, at the earliest a second after the last time; what is planned for sooner stays.
function plan(after) {
  const at = Math.max(Date.now() + after, begun + 1000);
  if (at >= dueAt) return;
  clearTimeout(due);
  dueAt = at;
  due = setTimeout(() => {
    dueAt = Infinity;
    if (!isFollowing()) return;
    if (reading) plan(Moment);
    else show(address);
  }, at - Date.now());
}

function follower() {
  try {
    return new SharedWorker(live.dataset.follower).port;
  } catch {
    return new Worker(live.dataset.follower);
  }
}

const stream = follower();
stream.onmessage = ({ data }) => {
  if (data === "change") return plan(Moment);
  isStreaming = data === "open";
  tellState();
};

// Tells the follower what this page shows: nothing while nobody sees it. Repeated with each read, or the follower takes the page for gone.
function join() {
  const isSeen = isFollowing() && main.dataset.events;
  if (!isSeen) isStreaming = false;
  stream.postMessage(isSeen ? { events: main.dataset.events, feed: live.dataset.feed, isSuspect: Boolean(failure) } : {});
}

function tellState() {
  const isFresh = !failure && Date.now() - readAt < Fresh;
  const state = paused ? "paused" : !isFresh ? "lost" : isStreaming ? "on" : "poll";
  live.hidden = !main.dataset.events && !failure && !paused;
  live.dataset.state = state;
  live.title = { on: "Changes are shown as they happen", poll: "Read every few seconds" }[state] ?? "";
  live.setAttribute("aria-pressed", String(!paused));
  live.querySelector(".live-word").textContent = { on: "Live", poll: "Live", paused: "Paused", lost: "Not live" }[state];
  document.documentElement.classList.toggle("is-stale", Boolean(failure) && !paused);
  stale.hidden = !failure || paused;
  if (stale.hidden) return;
  write(stale.querySelector(".stale-why"), `${main.dataset.fault ? "" : `Stale since ${formats.time.format(readAt)}. `}${failure.message}`);
  const next = reading ? "trying again…" : `next try in ${Math.max(1, Math.ceil((dueAt - Date.now()) / 1000))} s`;
  write(stale.querySelector(".stale-retry"), `${failures === 1 ? "1 attempt" : `${failures} attempts`} failed, ${next}`);
}

function resume() {
  join();
  if (isFollowing()) plan(0);
}

live.addEventListener("click", () => {
  paused = !paused;
  resume();
  tellState();
});
document.addEventListener("visibilitychange", resume);
addEventListener("online", resume);
addEventListener("pagehide", () => {
  reading?.abort();
  reading = undefined;
  stream.postMessage({});
});
addEventListener("pageshow", (event) => event.persisted && resume());
setInterval(() => {
  tellTimes(document);
  tellState();
  tellHealth();
  askHealth();
}, 1000);

// Copy: the text stands in the button, after a sign.

const said = Object.assign(document.createElement("p"), { className: "unseen" });
said.setAttribute("role", "status");
document.body.append(said);

// Only over TLS or on localhost there is a clipboard.
async function copy(text, near) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { className: "unseen", value: text });
  near.after(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  near.focus({ preventScroll: true });
  if (!isDone) throw new Error("The browser does not let the page copy.");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  try {
    await copy(button.dataset.copy.slice(1), button);
    button.dataset.done = "";
    said.textContent = "Copied";
    setTimeout(() => {
      delete button.dataset.done;
      said.textContent = "";
    }, 1500);
  } catch (error) {
    said.textContent = error.message;
    button.title = error.message;
  }
});

// Keys

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog")) return;
  const search = document.getElementById("search");
  if (search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else {
    document.querySelector("#find").click();
  }
});

document.getElementById("zone").textContent = zone;
document.documentElement.classList.add("scripted");
if (main.dataset.fault) [failure, failures] = [new Error(main.dataset.fault), 1];
tellTimes(document);
tellState();
join();
plan(failure ? Retry : Every);
