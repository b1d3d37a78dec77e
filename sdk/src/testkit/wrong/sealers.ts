// Sealers that are wrong on purpose.
import type { Opening } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import type { SealerSubject } from "../sealer-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";
import { refused, ToySealer } from "./toy-sealer.js";

/** Gives every message to the other node's name. */
class NameBlind extends ToySealer {
  override message(letter: Parameters<ToySealer["message"]>[0], link: string) {
    return { ...super.message(letter, link), node: this.self };
  }
}
class Unmarked extends ToySealer {
  override seal(message: Uint8Array, to: "peers" | "self"): Uint8Array {
    return super.seal(message, to).with(0, 0x23);
  }
}
class Open extends ToySealer {
  override seal(message: Uint8Array, to: "peers" | "self"): Uint8Array {
    return Uint8Array.of(...super.seal(message, to), ...message);
  }
  override read(frame: Uint8Array) {
    return super.read(frame.subarray(0, frame.lastIndexOf(0x7d) + 1));
  }
}
class Forgetful extends ToySealer {
  override believe(
    life: Parameters<ToySealer["believe"]>[0],
    ...rest: [Parameters<ToySealer["believe"]>[1], string]
  ) {
    life.seen.clear();
    return super.believe(life, ...rest);
  }
}
/** Takes whatever is younger than the last one. */
class InOrderOnly extends ToySealer {
  override believe(...args: Parameters<ToySealer["believe"]>): Opening {
    const [life, letter] = args;
    if ([...life.seen].some((counter) => counter > letter.counter)) return refused("replayed");
    return super.believe(...args);
  }
}
class HeadReader extends ToySealer {
  override matches = (digest: Uint8Array, told: Uint8Array) => digest[0] === told[0];
}
/** Looks at nothing behind the last brace. */
class TailBlind extends ToySealer {
  override read(frame: Uint8Array) {
    return super.read(frame.subarray(0, frame.lastIndexOf(0x7d) + 1));
  }
}
class Thrower extends ToySealer {
  override open(frame: Uint8Array, link: string): Opening {
    if (frame.length > 60_000) throw new RangeError("too long");
    return super.open(frame, link);
  }
}
class Trusting extends ToySealer {
  override matches = () => true;
}
class Gossip extends ToySealer {
  override judge(...args: Parameters<ToySealer["judge"]>): Opening {
    return super.judge({ ...args[0], to: "peers" }, args[1]);
  }
  override open(frame: Uint8Array, link: string): Opening {
    const letter = this.read(frame);
    return typeof letter !== "string" && letter.from !== this.self
      ? this.judge(letter, link)
      : super.open(frame, link);
  }
}
class EchoDeaf extends ToySealer {
  override own = () => refused("unknown-key");
}
class Modest extends ToySealer {
  override overheadBytes = 3;
}
/** Drops what comes before the proof. */
class Impatient extends ToySealer {
  override hold(): Opening {
    this.greet();
    return { ok: true, messages: [] };
  }
}
/** Takes any start that it does not know for the present one. */
class Gullible extends ToySealer {
  override judge(...args: Parameters<ToySealer["judge"]>): Opening {
    return super.judge({ ...args[0], echo: this.challenge }, args[1]);
  }
}
/** Believes, of a start that has proven itself, all that it ever said. */
class Archivist extends ToySealer {
  override believe(...args: Parameters<ToySealer["believe"]>): Opening {
    args[0].floor = 0;
    return super.believe(...args);
  }
}

function source(Made: new (self: string, key?: string) => ToySealer): SubjectSource<SealerSubject> {
  return {
    open: () => ({
      nodes: ["one", "other"],
      start: (node) => new Made(node),
      stranger: () => new Made("one", "a key of its own"),
    }),
  };
}

function wrong(
  name: string,
  Made: new (self: string, key?: string) => ToySealer,
  ...caughtBy: string[]
): WrongSubject<SealerSubject> {
  return { name, source: source(Made), caughtBy };
}

export const sealers: ContractTrial<SealerSubject> = {
  right: source(ToySealer),
  wrong: [
    wrong("says that every message is its own", NameBlind, "opens-its-peers"),
    wrong("leaves the mark out", Unmarked, "marks-its-frames"),
    wrong("sends the text along", Open, "hides-its-text"),
    wrong("forgets what it has opened", Forgetful, "opens-once"),
    wrong("takes frames in their order only", InOrderOnly, "takes-what-was-overtaken"),
    wrong("looks at a part of the tag", HeadReader, "covers-every-byte"),
    wrong("ignores what follows the frame", TailBlind, "covers-the-length"),
    wrong("throws on long frames", Thrower, "survives-garbage"),
    wrong("believes every tag", Trusting, "refuses-strangers", "covers-every-byte"),
    wrong("takes in what others sealed for themselves", Gossip, "keeps-probes-to-itself"),
    wrong("does not know its own words", EchoDeaf, "lets-own-words-pass", "keeps-probes-to-itself"),
    wrong("grows more than it says", Modest, "bounds-its-growth"),
    wrong("drops what a new start says first", Impatient, "loses-nothing-at-a-restart"),
    wrong("believes every start", Gullible, "forgets-old-starts", "trusts-no-record"),
    wrong("believes what was recorded before it started", Archivist, "trusts-no-record"),
  ],
};
