// Sends the vendor's example and reads it back, typed by nothing but the generated contract. Prints one line of JSON.
import type { components, paths } from "./contract";

declare const process: { argv: string[]; exit(code: number): never };

type Ok<P extends keyof paths, T = "application/json"> = paths[P] extends {
  get: { responses: { 200: { content: infer C } } };
} ? (T extends keyof C ? C[T] : never) : never;
type Schemas = components["schemas"];

const [, , root, id] = process.argv as [string, string, string, string];

async function get<P extends keyof paths>(_: P, path: string): Promise<Ok<P>> {
  const response = await fetch(root + path);
  if (!response.ok) throw (await response.json()) as Schemas["Problem"];
  return (await response.json()) as Ok<P>;
}

async function firstChange(): Promise<Schemas["Change"]> {
  const response = await fetch(`${root}/events`);
  started();
  let text = "";
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The feed ended.");
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop()!;
    for (const event of events) {
      const data = event.split("\n").find(line => line.startsWith("data: "));
      if (data === undefined) continue;
      // Without `every`, each event is a change.
      const change = JSON.parse(data.slice(6)) as Extract<Ok<"/events", "text/event-stream">, Schemas["Change"]>;
      if (change.workflow_id === id) return change;
    }
  }
}

let started = () => {};
const listening = new Promise<void>(resolve => (started = resolve));
const change = firstChange();
await listening;

const notification: Schemas["VendorNotification"] = {
  workflow_id: id,
  workflow_name: "Autumn",
  status: "finished",
  actions: [{ nodetask_id: "n", nodetask_name: "Call", node_type: "call", task_id: "t", task_status: "finished" }],
};
await fetch(`${root}/webhooks/airudder/workflow-status`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(notification),
});

const state = await get("/workflows/{workflow_id}", `/workflows/${id}`);
const explanation = await get("/workflows/{workflow_id}/explain", `/workflows/${id}/explain`);
const receipts = await get("/workflows/{workflow_id}/receipts", `/workflows/${id}/receipts`);
const receipt = await get("/receipts/{receipt_id}", `/receipts/${receipts.items[0]!.receipt_id}`);
const missing = await get("/workflows/{workflow_id}", `/workflows/unknown-${id}`)
  .then(() => "found", (problem: Schemas["Problem"]) => problem.title);

console.log(JSON.stringify({
  phase: state.phase,
  node: state.nodes[0]!.nodetask_id,
  rule: explanation.status!.rule,
  effect: receipt.effect,
  change: (await change).version,
  missing,
}));
process.exit(0);
