// The door behind the signature: whoever has the key may say anything, and the engine of every other node has to live through it.
import assert from "node:assert/strict";
import type { EngineEffect } from "../engine/index.js";
import type { Field, Message } from "../ports/index.js";
import { KEEPALIVE_MS, youngEngine } from "./young-engine.js";

const WALL_MS = 1_700_000_000_000;
/** Of one message: answers, requests for what is missing, events. */
const MOST_EFFECTS = 400;
const MOST_STATE_CHARACTERS = 2_000_000;

/** Messages, an empty line between them: `name=text`, or `name:hex` for bytes. */
function messagesIn(bytes: Uint8Array): readonly Message[] {
  const blocks = Buffer.from(bytes).toString("latin1").split("\n\n").slice(0, 20);
  return blocks.map((block) => ({ fields: block.split("\n").flatMap((line) => fieldIn(line) ?? []) }));
}

function fieldIn(line: string): Field | undefined {
  const [, name = "", hex = ""] = /^([^=:]+):((?:[0-9a-f]{2})*)$/.exec(line) ?? [];
  if (name !== "") return { name, type: "binary", value: new Uint8Array(Buffer.from(hex, "hex")) };
  const split = line.indexOf("=");
  return split < 1 ? undefined : { name: line.slice(0, split), type: "string", value: line.slice(split + 1) };
}

const FROM = "src=cluster1\nsrcuuid:02020202020202020202020202020202\nhg=5f\nts=6553f100\nttl=3";
const status = (seq: string): string => `t=status\nst=active\ndt=3e8\nprotocol=1\nseq=${seq}\n${FROM}`;
const REPORT =
  'systole={"v":1,"ready":true,"pings":0,"groups":[["10.0.0.1",9,"cluster1","started",0,"home","",[]]]}';

/** As it would be after a day of that: nothing may have grown. */
function isSound(effects: readonly EngineEffect[]): void {
  assert.ok(effects.length <= MOST_EFFECTS, `${effects.length} effects of one input`);
  const halt = effects.find(({ kind }) => kind === "halt");
  assert.equal(halt, undefined, JSON.stringify(halt));
}

export const engineDoor = {
  name: "signed-message",
  promise:
    "no exception, no halt, a bounded number of effects and a bounded memory, and its state can be resumed",
  words: ["t=status", "t=NS_rexmit", "t=NS_ackmsg", "t=NS_nak_rexmit", "t=reqnodes", "t=repnodes", "t=resource", "t=ask_resources", "t=hb_takeover", "t=starting", "t=ip-request", "t=ip-request-resp", "t=shutdone", "t=addnode", "t=delnode", "t=setweight", "t=stonith", "t=hbapi-clstat", "t=ifstat", "firstseq=", "lastseq=", "ackseq=", "dest=master", "destuuid:", "nodelist=", "src=master", "st=dead", "seq=", "hg=", "ts=", "ffffffffffffffff", "-1", "rsc_hold=all", "info=", "systole=", "\n\n", "\n"], // prettier-ignore
  seeds: [
    [status("1"), status("2"), status("9")].join("\n\n"),
    `${status("1")}\n${REPORT}`,
    [status("1"), `t=NS_rexmit\nfirstseq=1\nlastseq=5\ndest=master\n${FROM}`].join("\n\n"),
    [status("1"), `t=NS_ackmsg\nackseq=1\ndest=master\n${FROM}`, `t=NS_nak_rexmit\nfirstseq=3\ninfo=seqno too low\n${FROM}`].join("\n\n"), // prettier-ignore
    [status("1"), `t=reqnodes\nseq=2\n${FROM}`, `t=repnodes\nnodelist=master cluster1 other\nseq=3\n${FROM}`].join("\n\n"), // prettier-ignore
    [status("1"), `t=resource\nrsc_hold=all\nisstable=1\ninfo=me\nseq=2\n${FROM}`, `t=ask_resources\ninfo=me\nseq=3\n${FROM}`].join("\n\n"), // prettier-ignore
    [status("1"), `t=addnode\nnode=other third\nseq=2\n${FROM}`, `t=delnode\nnode=other\nseq=3\n${FROM}`, `t=setweight\nnode=master\nweight=7\nseq=4\n${FROM}`].join("\n\n"), // prettier-ignore
  ],
  feed(bytes: Uint8Array): string {
    const engine = youngEngine();
    let nowMs = 0;
    const effects: EngineEffect[] = [...engine.step({ kind: "tick" }, nowMs, WALL_MS)];
    const step = (input: Parameters<typeof engine.step>[0]): void => {
      const made = engine.step(input, nowMs, WALL_MS + nowMs);
      isSound(made);
      effects.push(...made);
    };
    for (const message of messagesIn(bytes)) {
      nowMs += 3;
      step({ kind: "frame.received", link: "eth0", message });
    }
    for (let round = 0; round < 3; round += 1) {
      nowMs += KEEPALIVE_MS;
      step({ kind: "tick" });
    }
    const written = JSON.stringify(engine.snapshot());
    assert.ok(written.length < MOST_STATE_CHARACTERS, `${written.length} characters of state`);
    youngEngine().resume(JSON.parse(written));
    const peer = engine.view().nodes.find(({ name }) => name === "cluster1");
    const events = effects.flatMap((effect) => (effect.kind === "event" ? [effect.event.name] : []));
    return `${peer?.state} ${[...new Set(events)].toSorted().join()}`;
  },
};
