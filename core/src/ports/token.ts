// A token names a port at run time, where an interface leaves no trace. It shares the interface's name.

/** Identity of a port. `id` is a `Symbol.for` key, so two copies of the SDK in one process still meet. */
export interface Token<T> {
  readonly id: symbol;
  /** Port name as people write it, e.g. `transport`. */
  readonly port: string;
  /** Contract number of the port: a plugin built for another number is refused before it runs. */
  readonly contract: number;
  /** For an injection: the provider of that name, whichever the configuration chooses for others. See `named`. */
  readonly provider?: string;
  /** Carries `T` for the compiler only; never set. */
  readonly implementation?: T;
}

export function token<T>(port: string, contract: number): Token<T> {
  return Object.freeze({ id: Symbol.for(`systole.port.${port}@${contract}`), port, contract });
}

/** The same port, for an `inject`: what the provider of that name offers, and no other. */
export function named<T>(port: Token<T>, provider: string): Token<T> {
  return Object.freeze({ ...port, provider });
}
