// The sealer of this node: frames of its own out, frames of its peers in, each opened once and of the node that sealed it.
import { randomBytes } from "node:crypto";
import {
  SystoleError,
  type Clock,
  type KeyReport,
  type KeyRequest,
  type Logger,
  type Opening,
  type Sealer,
  type SealerOutlet,
  type SealMode,
  type Startable,
} from "@systole/sdk";
import { FrameCipher } from "./frame-cipher.js";
import {
  CHALLENGE_BYTES,
  HEAD_BYTES,
  readFrame,
  SLOT_BYTES,
  TAG_BYTES,
  type FrameParts,
} from "./frame-layout.js";
import { Greeter } from "./greeter.js";
import { KeyDirectory } from "./key-directory.js";
import { KeyRing } from "./key-ring.js";
import { MAX_PEERS } from "./limits.js";
import { obstacleTo } from "./mode-change.js";
import { EPOCH_BYTES, type PublicKey, type SecretKey } from "./node-key.js";
import { noticeBytes, readNotice, writeNotice, type Notice } from "./notice.js";
import { OwnKeys } from "./own-keys.js";
import { PeerKeys } from "./peer-keys.js";
import { PeerRecord } from "./peer-record.js";
import { ReplayWindow } from "./replay-window.js";
import type { SealedConfig } from "./sealed-config.js";

const GREETING = new Uint8Array();
const NOBODY = new Uint8Array(CHALLENGE_BYTES);

export class SealedFrames implements Sealer, Startable {
  readonly #directory: KeyDirectory;
  readonly #ownKeys: OwnKeys;
  readonly #peerKeys: PeerKeys;
  readonly #greeter: Greeter;
  readonly #clock: Clock;
  /** The number of this start: drawn anew each time, so that no key ever seals two texts with one counter. */
  readonly #epoch = randomBytes(EPOCH_BYTES);
  readonly #echoes = new ReplayWindow();
  readonly #records = new Map<string, PeerRecord>();
  #ring: KeyRing;
  #cipher: FrameCipher;
  #mode: SealMode;
  #counter = 0;
  #outlet: SealerOutlet | undefined;

  constructor(config: SealedConfig, clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#mode = config.mode;
    this.#directory = new KeyDirectory(config.directory, config.credential);
    this.#ring = new KeyRing(config.self, [], new Map(), []);
    this.#cipher = new FrameCipher(this.#ring, this.#epoch);
    this.#greeter = new Greeter(clock, () => this.#greet(false));
    const ring = () => this.#ring;
    this.#ownKeys = new OwnKeys({
      directory: this.#directory,
      clock,
      log,
      ring,
      changed: (own) => this.#use(this.#ring.withOwn(own)),
      tell: () => this.#greeter.want(),
    });
    this.#peerKeys = new PeerKeys({
      directory: this.#directory,
      log,
      ring,
      changed: (node, keys) => {
        this.#use(this.#ring.withKeysOf(node, keys));
        this.#greeter.want();
      },
    });
  }

  get mode(): SealMode {
    return this.#mode;
  }

  get overheadBytes(): number {
    const receivers = Math.max(1, this.#ring.peers.length);
    return HEAD_BYTES + 1 + receivers * SLOT_BYTES + noticeBytes(this.#ring.own.length) + TAG_BYTES;
  }

  attach(outlet: SealerOutlet): void {
    this.#outlet = outlet;
  }

  /** Reads the keys, unless nothing is sealed. Throws `KEYS_INVALID` or `KEYS_PERMISSIONS`. */
  async start(): Promise<void> {
    if (this.#mode !== "off") await this.#begin();
  }

  async #begin(): Promise<void> {
    this.#read();
    const { self, own } = this.#ring;
    const publicKeys = own.map((key) => key.public);
    const written = this.#ring.keysOf(self).map(({ id }) => id);
    if (written.join() !== publicKeys.map(({ id }) => id).join())
      await this.#directory.writePublic(self, publicKeys);
  }

  async stop(): Promise<void> {
    this.#greeter.stop();
    this.#ownKeys.stop();
    await this.#peerKeys.settled();
  }

  seal(message: Uint8Array, to: "peers" | "self"): Uint8Array {
    const own = this.#sealingKey();
    const echo = { echo: NOBODY, challenge: NOBODY };
    return to === "self"
      ? this.#seal(message, [{ key: own.public, ...echo }], false)
      : this.#toPeers(message);
  }

  open(bytes: Uint8Array, link: string): Opening {
    const frame = readFrame(bytes);
    if (frame === undefined) return refused("malformed");
    const own = this.#ring.ownKey(frame.sender);
    if (own !== undefined) return this.#openOwn(frame, own, link);
    const owner = this.#ring.ownerOf(frame.sender);
    if (owner === undefined)
      return refused(this.#ring.revokedNode(frame.sender) === undefined ? "unknown-key" : "revoked-key");
    if (this.#record(owner.node).session.isKnown(frame.epoch, frame.counter)) return refused("replayed");
    return this.#openOf(owner.node, owner.key, frame, link);
  }

  heardSigned(node: string): void {
    if (this.#records.has(node) || this.#records.size < MAX_PEERS)
      this.#record(node).signedAtMs = this.#clock.nowMs();
  }

  keys(): KeyReport {
    const nowMs = this.#clock.nowMs();
    const { step, waitsFor, sealsWith } = this.#ownKeys.state();
    const { self, own, revoked } = this.#ring;
    const ids = own.map((key) => key.public.id);
    const nodes = new Set([...this.#ring.peers, ...this.#records.keys()]);
    return {
      mode: this.#mode,
      own: { node: self, keys: sealsWith === 0 ? ids : ids.toReversed(), step, waitsFor },
      peers: [...nodes].toSorted().map((node) => {
        const record = this.#record(node);
        const { mode, trusts } = record;
        const keys = this.#ring.keysOf(node).map(({ id }) => id);
        return { node, keys, sends: record.speaks(nowMs), ...(mode !== undefined && { mode }), trusts };
      }),
      revoked: revoked.map(({ node, key }) => ({ node, key: key.id })),
    };
  }

  async change(request: KeyRequest): Promise<{ readonly ok: boolean; readonly reason: string }> {
    try {
      return request.kind === "rotate" ? await this.#rotate() : await this.#reload(request.mode);
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #rotate(): Promise<{ ok: boolean; reason: string }> {
    const { step, waitsFor } = this.#ownKeys.state();
    if (step !== "steady") {
      const waits = waitsFor.length === 0 ? "" : `, and waits for ${waitsFor.join(", ")}`;
      return { ok: false, reason: `a new key is on its way already (step ${step}${waits})` };
    }
    if (this.#directory.credential !== undefined) {
      const reason = `the key comes from ${this.#directory.credential}, which cannot be written; put a new credential there, copy the public key, and restart`;
      return { ok: false, reason };
    }
    await this.#ownKeys.rotate();
    return { ok: true, reason: "a new key is made, and is being told to the other nodes" };
  }

  async #reload(mode: SealMode): Promise<{ ok: boolean; reason: string }> {
    if (mode === "off" && this.#mode === "off") return { ok: true, reason: "nothing is sealed here" };
    await this.#begin();
    this.#ownKeys.advance();
    const told = `the keys of ${this.#ring.peers.join(", ") || "no other node"} are in use`;
    if (mode === this.#mode) return { ok: true, reason: `${told}; mode ${mode}` };
    const obstacle = await obstacleTo(mode, {
      clock: this.#clock,
      from: this.#mode,
      records: this.#records,
      hasKey: (node) => this.#ring.keysOf(node).length > 0,
      ask: () => this.#greet(true),
    });
    if (obstacle !== undefined) return { ok: false, reason: `mode ${this.#mode} stays: ${obstacle}` };
    const began = this.#mode === "off";
    this.#mode = mode;
    if (!began) this.#greeter.want();
    return { ok: true, reason: `${told}; mode ${mode} from now on` };
  }

  #openOf(node: string, sender: PublicKey, frame: FrameParts, link: string): Opening {
    const slot = frame.slots.find(({ receiver }) => this.#ring.ownKey(receiver) !== undefined);
    const own = slot === undefined ? undefined : this.#ring.ownKey(slot.receiver);
    if (slot === undefined || own === undefined) return refused("not-for-us");
    const opened = this.#cipher.open(frame, slot, sender, own);
    if (opened === undefined) return refused("mismatch");
    const read = readNotice(opened.text);
    if (read === undefined) return refused("malformed");
    const record = this.#record(node);
    const isGreeting = read.message.length === 0;
    const judgement = record.session.judge({
      epoch: frame.epoch,
      counter: frame.counter,
      echo: opened.echo,
      challenge: opened.challenge,
      notice: read.notice,
      message: isGreeting ? undefined : { node, link, bytes: read.message },
    });
    if (judgement.kind === "refused") return refused(judgement.reason);
    // Whoever has not proven itself must hear our number, and whoever just has may be waiting to be told.
    if (judgement.kind === "unproven" || judgement.adopted || read.notice.wantsAnswer) this.#greeter.want();
    if (judgement.kind === "unproven") return { ok: true, messages: [] };
    const heardAtMs = this.#clock.nowMs();
    if (isGreeting) record.greetedAtMs = heardAtMs;
    else record.sealedAtMs = heardAtMs;
    if (judgement.notice !== undefined) this.#heardNotice(node, sender, record, judgement.notice, frame);
    this.#ownKeys.sealedFor(node, own);
    return { ok: true, messages: judgement.messages };
  }

  #heardNotice(node: string, sender: PublicKey, record: PeerRecord, notice: Notice, frame: FrameParts): void {
    record.mode = notice.mode;
    record.trusts = [
      ...new Set(frame.slots.flatMap(({ receiver }) => this.#ring.revokedNode(receiver) ?? [])),
    ];
    this.#peerKeys.heard(node, sender, notice.keys);
  }

  /** What a ping node echoes; and what broadcast brings back, which is for others. */
  #openOwn(frame: FrameParts, own: SecretKey, link: string): Opening {
    const slot = frame.slots.find(({ receiver }) => receiver === own.public.id);
    if (slot === undefined) return { ok: true, messages: [] };
    if (!Buffer.from(frame.epoch).equals(this.#epoch)) return refused("stale-epoch");
    if (!this.#echoes.admits(frame.counter)) return refused("replayed");
    const opened = this.#cipher.open(frame, slot, own.public, own);
    const read = opened && readNotice(opened.text);
    if (read === undefined) return refused("mismatch");
    this.#echoes.note(frame.counter);
    return { ok: true, messages: [{ node: this.#ring.self, link, bytes: read.message }] };
  }

  #greet(wantsAnswer: boolean): void {
    if (this.#ring.own.length > 0) this.#outlet?.send(this.#toPeers(GREETING, wantsAnswer));
  }

  #toPeers(message: Uint8Array, wantsAnswer = false): Uint8Array {
    const receivers = this.#ring.peers.flatMap((node) => {
      const key = this.#ring.keysOf(node).at(-1);
      const { echo, challenge } = this.#record(node).session;
      return key === undefined ? [] : [{ key, echo, challenge }];
    });
    return this.#seal(message, receivers, wantsAnswer);
  }

  #seal(
    message: Uint8Array,
    receivers: Parameters<FrameCipher["seal"]>[2],
    wantsAnswer: boolean,
  ): Uint8Array {
    this.#counter += 1;
    const keys = this.#ring.own.map((key) => key.public.bytes);
    const notice = writeNotice({ mode: this.#mode, wantsAnswer, keys });
    return this.#cipher.seal(this.#sealingKey(), this.#counter, receivers, [notice, message]);
  }

  #sealingKey(): SecretKey {
    const key = this.#ring.own[this.#ownKeys.state().sealsWith];
    if (key === undefined)
      throw new SystoleError("PLUGIN_START_FAILED", "the sealer was used before its start");
    return key;
  }

  #record(node: string): PeerRecord {
    const known = this.#records.get(node);
    if (known !== undefined) return known;
    const record = new PeerRecord();
    this.#records.set(node, record);
    return record;
  }

  #read(): void {
    const { own, nodes, revoked } = this.#directory.read();
    const before = this.#ring;
    this.#use(new KeyRing(before.self, own, nodes, revoked));
    for (const node of before.peers) if (this.#ring.keysOf(node).length === 0) this.#records.delete(node);
  }

  #use(ring: KeyRing): void {
    this.#ring = ring;
    this.#cipher = new FrameCipher(ring, this.#epoch);
  }
}

function refused(reason: Extract<Opening, { ok: false }>["reason"]): Opening {
  return { ok: false, reason };
}
