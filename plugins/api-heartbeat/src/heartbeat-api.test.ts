// The API over a real socket: what programs ask and are told, who is let in, and what a bad program gets.
import { textField, textMessage } from "@systole/sdk";
import { afterEach, expect, it } from "vitest";
import { nodeView, openApi, SITUATION, type ApiRoom } from "./testing/api-room.js";
import { fieldsOf, RawClient } from "./testing/raw-client.js";

let room: ApiRoom | undefined;
const HACLUSTER = { pid: 4711, uid: 103, gid: 106 };
const NOBODY = { pid: 4711, uid: 65_534, gid: 65_534 };

afterEach(async () => {
  await room?.close();
  room = undefined;
});

async function open(...args: Parameters<typeof openApi>): Promise<ApiRoom> {
  room = await openApi(...args);
  return room;
}

async function ipfail(at: ApiRoom): Promise<RawClient> {
  at.as(HACLUSTER);
  const client = RawClient.open(at.path);
  expect(textField(await client.signOn("ipfail"), "result")).toBe("OK");
  return client;
}

it("answers a casual client, in the order of the configuration", async () => {
  const { casual } = await open();
  const client = await casual();
  const nodes = (await client?.ask("nodelist"))?.map((answer) => textField(answer, "node"));
  expect(nodes).toEqual(["10.0.0.1", "alpha", "bravo"]);
  const [weight] = (await client?.ask("nodeweight", { node: "BRAVO" })) ?? [];
  expect(fieldsOf(weight ?? { fields: [] })).toMatchObject({ weight: "50", result: "OK" });
  const [unknown] = (await client?.ask("nodestatus", { node: "nobody" })) ?? [];
  expect(fieldsOf(unknown ?? { fields: [] })).toMatchObject({ result: "badreq", info: "EINVAL" });
  const [unset] = (await client?.ask("getparm", { pname: "constructor" })) ?? [];
  expect(fieldsOf(unset ?? { fields: [] })).toEqual({ t: "hbapi-resp", reqtype: "getparm", result: "OK" });
  client?.close();
});

it("calls its own links dead where it does not hear itself, as heartbeat does", async () => {
  for (const [heardOver, state] of [
    [[], "dead"],
    [["eth0"], "up"],
  ] as const) {
    const at = await openApi({ heardOver: [...heardOver] });
    const client = await at.casual();
    const [link] = (await client?.ask("ifstatus", { node: "alpha", ifname: "eth0" })) ?? [];
    expect(textField(link ?? { fields: [] }, "st")).toBe(state);
    const [other] = (await client?.ask("ifstatus", { node: "bravo", ifname: "eth0" })) ?? [];
    expect(textField(other ?? { fields: [] }, "st")).toBe("up");
    client?.close();
    await at.close();
  }
});

it("says how the node is set up when a client signs on", async () => {
  const { path } = await open();
  const client = RawClient.open(path);
  const answer = fieldsOf(await client.signOn("4711"));
  expect(answer).toMatchObject({ node: "alpha", deadtime: "1770", keepalive: "3e8", logfacility: "128" });
  client.socket.destroy();
});

it("lets in whom the kernel shows to be allowed, whatever it says of itself", async () => {
  const at = await open();
  at.as(NOBODY);
  expect(await at.casual()).toBeUndefined();
  const client = RawClient.open(at.path);
  expect(fieldsOf(await client.signOn("ipfail"))).toMatchObject({
    result: "badreq",
    info: "client failed authorization",
  });
  await client.ends();
  const stranger = RawClient.open(at.path);
  expect(fieldsOf(await stranger.signOn("frobnicate"))).toMatchObject({ info: "no default client auth" });
  await stranger.ends();
});

it("lets in one client a name, and nobody under a name that the node plays itself", async () => {
  const at = await open({ builtIn: ["ccm"] });
  const first = await ipfail(at);
  const second = RawClient.open(at.path);
  expect(textField(await second.signOn("ipfail"), "result")).toBe("badreq");
  const third = RawClient.open(at.path);
  expect(textField(await third.signOn("ccm"), "result")).toBe("badreq");
  at.as({ pid: 2, uid: 0, gid: 0 });
  const asking = await at.casual();
  const status = async (cn: string) =>
    textField((await asking?.ask("clientstatus", { node: "alpha", cn }))?.[0] ?? { fields: [] }, "cs");
  expect([await status("ipfail"), await status("ccm"), await status("nonesuch")]).toEqual([
    "online",
    "online",
    "offline",
  ]);
  first.socket.destroy();
  asking?.close();
});

it("tells the cluster when a named client comes and goes", async () => {
  const at = await open();
  const client = await ipfail(at);
  client.say({ t: "hbapi-req", reqtype: "signoff" });
  await client.ends();
  expect(at.cluster.sent.map(({ message }) => fieldsOf(message))).toEqual([
    expect.objectContaining({ t: "hbapi-clstat", st: "join", from_id: "ipfail", info: "signon" }),
    expect.objectContaining({ t: "hbapi-clstat", st: "leave", from_id: "ipfail", info: "signoff" }),
  ]);
});

it("sends what a named client says, stamped with who said it", async () => {
  const at = await open();
  const client = await ipfail(at);
  client.say({ t: "num_ping_nodes", num_ping: "1", dest: "bravo", from_id: "root", hg: "1" });
  client.say({ t: "hbapi-req", reqtype: "setfilter", fmask: "1" });
  await client.hears((message) => textField(message, "reqtype") === "setfilter");
  const { message, to } = at.cluster.sent.at(-1) ?? { message: textMessage({}), to: undefined };
  expect(to).toBe("bravo");
  expect(fieldsOf(message)).toEqual({
    t: "num_ping_nodes",
    num_ping: "1",
    from_id: "ipfail",
    to_id: "ipfail",
    client_gen: "0",
  });
  client.socket.destroy();
});

it("makes a request of what asks for a standby, and refuses the daemon's own words", async () => {
  const at = await open();
  const client = await ipfail(at);
  const before = at.cluster.sent.length;
  client.say({ t: "ask_resources", rsc_hold: "foreign", info: "me" });
  client.say({ t: "shutdone", st: "dead" });
  client.say({ t: "NS_rexmit", firstseq: "1" });
  client.say({ t: "hbapi-req", reqtype: "numnodes" });
  await client.hears((message) => textField(message, "reqtype") === "numnodes");
  expect(at.cluster.requested).toEqual([{ kind: "standby", set: "foreign" }]);
  expect(at.cluster.sent).toHaveLength(before);
  expect(at.logged.filter((name) => name === "api.message-refused")).toHaveLength(2);
  client.socket.destroy();
});

it("does not send what is too large for a datagram, and keeps the client", async () => {
  const at = await open();
  const client = await ipfail(at);
  const before = at.cluster.sent.length;
  for (const bytes of [64 * 1024, 250_000]) client.say({ t: "talk", payload: "x".repeat(bytes) });
  client.say({ t: "hbapi-req", reqtype: "numnodes" });
  await client.hears((message) => textField(message, "reqtype") === "numnodes");
  expect(at.cluster.sent).toHaveLength(before);
  expect(at.logged.filter((name) => name === "api.message-refused")).toHaveLength(2);
  client.socket.destroy();
});

it("tells clients of nodes, links and messages; those for one program only that program", async () => {
  const at = await open();
  const client = await ipfail(at);
  at.as({ pid: 1, uid: 0, gid: 0 });
  const casual = RawClient.open(at.path);
  await casual.signOn("4711");
  at.cluster.happens({
    kind: "node.changed",
    node: "10.0.0.1",
    from: "ping",
    to: "dead",
    reason: "silent",
  });
  at.cluster.happens({ kind: "link.changed", node: "bravo", link: "eth0", to: "dead" });
  at.cluster.happens({
    kind: "message.heard",
    from: "bravo",
    message: textMessage({ t: "you_are_dead", to_id: "ipfail" }),
  });
  at.cluster.happens({ kind: "message.heard", from: "bravo", message: textMessage({ t: "starting" }) });
  await client.hears((message) => textField(message, "t") === "you_are_dead");
  await casual.hears((message) => textField(message, "t") === "starting");
  expect(casual.heard.map((message) => textField(message, "t"))).toEqual(["status", "ifstat"]);
  expect(fieldsOf(casual.heard[0] ?? { fields: [] })).toMatchObject({
    src: "10.0.0.1",
    st: "dead",
    info: "ping",
  });
  client.socket.destroy();
  casual.socket.destroy();
});

it("asks another node for a client there, and answers such a question", async () => {
  const at = await open({ builtIn: ["ipfail"] });
  const client = await at.casual();
  const asked = client?.ask("clientstatus", { node: "bravo", cn: "ccm" });
  await expect.poll(() => at.cluster.sent.at(-1)?.to).toBe("bravo");
  const question = at.cluster.sent.at(-1)?.message ?? { fields: [] };
  expect(fieldsOf(question)).toEqual({ t: "query-cstatus", cn: "ccm", from_id: String(process.pid) });
  const answer = { t: "respond-cstatus", result: "OK", cn: "ccm", to_id: String(process.pid), cs: "online" };
  at.cluster.happens({ kind: "message.heard", from: "bravo", message: textMessage(answer) });
  expect(textField((await asked)?.[0] ?? { fields: [] }, "cs")).toBe("online");
  const theirs = textMessage({ t: "query-cstatus", cn: "ipfail", from_id: "77" });
  at.cluster.happens({ kind: "message.heard", from: "bravo", message: theirs });
  expect(fieldsOf(at.cluster.sent.at(-1)?.message ?? { fields: [] })).toMatchObject({
    t: "respond-cstatus",
    to_id: "77",
    cs: "online",
  });
  client?.close();
});

it("disconnects who speaks another protocol, and who does not sign on first", async () => {
  const { path } = await open();
  const noise = RawClient.open(path);
  noise.socket.write("GET / HTTP/1.1\r\n\r\n");
  const hasty = RawClient.open(path);
  hasty.say({ t: "hbapi-req", reqtype: "nodelist" });
  await Promise.all([noise.ends(), hasty.ends()]);
  expect(hasty.heard).toEqual([]);
});

it("disconnects a client that does not read", async () => {
  const at = await open();
  const client = await ipfail(at);
  client.socket.pause();
  const message = textMessage({ t: "starting", text: "x".repeat(30_000) });
  for (let count = 0; count < 200; count += 1)
    at.cluster.happens({ kind: "message.heard", from: "bravo", message });
  expect(at.logged).toContain("api.client-left");
  client.socket.destroy();
});

it("does not listen before the node takes part", async () => {
  const at = await open();
  await at.api.stop();
  at.cluster.situation = { ...SITUATION, nodes: [nodeView("alpha", { state: "up" })] };
  expect(await at.casual()).toBeUndefined();
});

it("stays off, and says so, where the kernel cannot be asked", async () => {
  const at = await open({}, { ok: false, reason: "koffi does not load" });
  expect(at.logged).toEqual(["api.off"]);
  expect(await at.casual()).toBeUndefined();
});
