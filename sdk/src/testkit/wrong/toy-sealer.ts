// What a sound sealer looks like, with the places where one goes wrong. A toy: nothing here resists an attacker.
import {
  SEALED_MAGIC,
  type KeyReport,
  type Opening,
  type Sealer,
  type SealerOutlet,
  type SealRefusal,
} from "@systole/core/ports";

const DIGEST_BYTES = 8;
const KEY_OF: Readonly<Record<string, string>> = { one: "key of one", other: "key of other" };
let starts = 0;
let challenges = 0;

interface Letter {
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
  readonly counter: number;
  readonly echo: number;
  readonly challenge: number;
  readonly body: readonly number[];
}

interface Life {
  readonly epoch: number;
  readonly seen: Set<number>;
  floor: number;
  readonly held: Letter[];
}

/** Eight bytes that depend on every byte, on the length and on the key. */
function digestOf(key: string, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: DIGEST_BYTES }, (_, lane) => {
    let hash = 0x811c9dc5 + lane;
    const mix = (byte: number): void => void (hash = Math.imul(hash ^ byte, 0x01000193) >>> 0);
    for (let index = 0; index < key.length; index += 1) mix(key.charCodeAt(index));
    for (const byte of bytes) mix(byte);
    return (Math.imul(hash ^ bytes.length, 0x9e3779b1) >>> 0) & 0xff;
  });
}

/** Two nodes, `one` and `other`, each with a key that both know. */
export class ToySealer implements Sealer {
  readonly mode = "permissive";
  overheadBytes = 100_000;
  protected readonly epoch = (starts += 1);
  protected counter = 0;
  protected challenge = (challenges += 1);
  protected echo = 0;
  protected alive: Life | undefined;
  protected candidate: Life | undefined;
  protected outlet: SealerOutlet | undefined;
  protected readonly echoes = new Set<number>();

  constructor(
    protected readonly self: string,
    protected readonly key = KEY_OF[self] ?? "",
  ) {}

  attach(outlet: SealerOutlet): void {
    this.outlet = outlet;
  }

  seal(message: Uint8Array, to: "peers" | "self"): Uint8Array {
    this.counter += 1;
    const { self: from, epoch, counter, echo, challenge } = this;
    const body = this.hidden([...message], counter);
    return this.written({ from, to, epoch, counter, echo, challenge, body });
  }

  open(frame: Uint8Array, link: string): Opening {
    const letter = this.read(frame);
    if (typeof letter === "string") return refused(letter);
    if (letter.from === this.self) return this.own(letter, link);
    if (letter.to === "self") return refused("not-for-us");
    return this.judge(letter, link);
  }

  heardSigned(): void {}

  keys(): KeyReport {
    const own = { node: this.self, keys: ["1"], step: "steady", waitsFor: [] } as const;
    return { mode: this.mode, own, peers: [], revoked: [] };
  }

  async change(): Promise<{ ok: boolean; reason: string }> {
    return { ok: false, reason: "a toy keeps its key" };
  }

  protected hidden(bytes: readonly number[], counter: number): number[] {
    return bytes.map((byte, index) => byte ^ (((counter * 7919 + index * 31) >>> 2) & 0xff));
  }

  protected written(letter: Letter): Uint8Array {
    const bytes = new TextEncoder().encode(JSON.stringify(letter));
    return Uint8Array.of(...SEALED_MAGIC, ...digestOf(this.key, bytes), ...bytes);
  }

  protected read(frame: Uint8Array): Letter | SealRefusal {
    const at = SEALED_MAGIC.length + DIGEST_BYTES;
    if (frame.length <= at || !SEALED_MAGIC.every((byte, index) => frame[index] === byte)) return "malformed";
    const bytes = frame.subarray(at);
    const told = frame.subarray(SEALED_MAGIC.length, at);
    const from = this.senderOf(bytes);
    const key = KEY_OF[from];
    if (key === undefined) return "unknown-key";
    if (!this.matches(digestOf(key, bytes), told)) return "mismatch";
    return JSON.parse(new TextDecoder().decode(bytes)) as Letter;
  }

  protected matches(digest: Uint8Array, told: Uint8Array): boolean {
    return digest.every((byte, index) => byte === told[index]);
  }

  protected judge(letter: Letter, link: string): Opening {
    if (this.alive?.epoch === letter.epoch) return this.believe(this.alive, letter, link);
    this.echo = letter.challenge;
    const candidate = this.candidateOf(letter.epoch);
    if (letter.echo === this.challenge) {
      if (this.alive === undefined) candidate.floor = letter.counter - 1;
      this.alive = candidate;
      this.challenge = challenges += 1;
      this.greet();
      const held = candidate.held.map((one) => this.message(one, link));
      const opening = this.believe(candidate, letter, link);
      return opening.ok ? { ok: true, messages: [...held, ...opening.messages] } : opening;
    }
    return this.hold(candidate, letter);
  }

  protected hold(candidate: Life, letter: Letter): Opening {
    if (this.alive !== undefined && !candidate.seen.has(letter.counter)) {
      candidate.seen.add(letter.counter);
      if (letter.body.length > 0) candidate.held.push(letter);
    }
    this.greet();
    return { ok: true, messages: [] };
  }

  protected believe(life: Life, letter: Letter, link: string): Opening {
    if (letter.counter <= life.floor || life.seen.has(letter.counter)) return refused("replayed");
    life.seen.add(letter.counter);
    this.echo = letter.challenge;
    return { ok: true, messages: letter.body.length === 0 ? [] : [this.message(letter, link)] };
  }

  protected own(letter: Letter, link: string): Opening {
    if (letter.to === "peers") return { ok: true, messages: [] };
    if (this.echoes.has(letter.counter)) return refused("replayed");
    this.echoes.add(letter.counter);
    return { ok: true, messages: [this.message(letter, link)] };
  }

  protected message(
    { from, body, counter }: Letter,
    link: string,
  ): { node: string; link: string; bytes: Uint8Array } {
    return { node: from, link, bytes: Uint8Array.from(this.hidden(body, counter)) };
  }

  protected greet(): void {
    this.outlet?.send(this.seal(new Uint8Array(), "peers"));
  }

  private candidateOf(epoch: number): Life {
    if (this.candidate?.epoch !== epoch) this.candidate = { epoch, seen: new Set(), floor: 0, held: [] };
    return this.candidate;
  }

  /** Reads only as far as the sender's name. */
  private senderOf(bytes: Uint8Array): string {
    return /^\{"from":"([a-z]+)"/.exec(String.fromCharCode(...bytes.subarray(0, 40)))?.[1] ?? "";
  }
}

export function refused(reason: SealRefusal): Opening {
  return { ok: false, reason };
}
