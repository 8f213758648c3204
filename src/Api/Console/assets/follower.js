// Follows the feed of changes for all pages of a browser. A browser opens six connections to a server over HTTP/1.1, so pages share one
// stream: that of what they all show or, if they show different things, that of everything. A shared worker where there is one, else a
// worker of its page. Events are signs only: a page that gets one reads itself again.

const Silence = 20000; // The server sends something every 15 s at least.
const Pause = 1000;
const Lease = 15000; // A page that is gone may not have said so.

const pages = new Map();
let followed; // { url, stop }
let attempt;
let state = "closed";

function tell(message) {
  if (message !== "change") state = message;
  for (const port of pages.keys()) port.postMessage(message);
}

function join(port) {
  port.onmessage = ({ data }) => {
    if (data.isSuspect) attempt?.abort();
    if (!data.events) {
      pages.delete(port);
    } else {
      if (!pages.has(port)) port.postMessage(state);
      pages.set(port, { ...data, until: Date.now() + Lease });
    }
    choose();
  };
}

function choose() {
  for (const [port, page] of pages) if (page.until < Date.now()) pages.delete(port);
  const wanted = new Set([...pages.values()].map((page) => page.events));
  const url = wanted.size > 1 ? [...pages.values()][0].feed : [...wanted][0];
  if (url === followed?.url) return;
  if (followed) {
    followed.stop.abort();
    tell("closed");
  }
  followed = url && { url, stop: new AbortController() };
  if (followed) follow(url, followed.stop.signal);
}

async function follow(url, stopped) {
  while (!stopped.aborted) {
    try {
      await read(url, stopped);
    } catch {
      // Whatever ended it, the next attempt shows whether it is over.
    }
    if (stopped.aborted) return;
    tell("closed");
    await new Promise((resolve) => setTimeout(resolve, Pause));
  }
}

async function read(url, stopped) {
  const mine = (attempt = new AbortController());
  const abort = () => mine.abort();
  stopped.addEventListener("abort", abort);
  let silence = setTimeout(abort, Silence);
  try {
    const answer = await fetch(url, { signal: mine.signal, cache: "no-store", headers: { Accept: "text/event-stream" } });
    if (!answer.ok) return;
    tell("open");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(abort, Silence);
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      if (lines.includes("event: change")) tell("change");
    }
  } finally {
    clearTimeout(silence);
    stopped.removeEventListener("abort", abort);
    abort();
  }
}

if ("onconnect" in self) self.onconnect = ({ ports }) => join(ports[0]);
else join(self);
setInterval(choose, 5000);
