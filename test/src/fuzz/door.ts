// What the fuzzer knows of a door: a place where bytes come in that somebody else has written. Each package lists its own, under
// the entry `doors`, beside the code that they open.

export interface Door {
  /** Names its corpus too. */
  readonly name: string;
  /** What holds whatever comes in; `feed` throws when it does not. */
  readonly promise: string;
  /** Well-formed input, from which the fuzzer starts. Text is UTF-8. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Pieces of the format. */
  readonly words?: readonly string[];
  /** It opens files or sockets: fewer inputs a second. */
  readonly slow?: boolean;
  /** Takes in the bytes and says in a few words what became of them: of those words there are not many. */
  feed(bytes: Uint8Array): string | Promise<string>;
}

export function bytesOf(seed: string | Uint8Array): Uint8Array {
  return typeof seed === "string" ? new TextEncoder().encode(seed) : Uint8Array.from(seed);
}
