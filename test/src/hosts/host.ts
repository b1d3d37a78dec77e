// What a suite may ask of whatever runs a function: the same three things on Node, on a Lambda runtime and in workerd.

/** A function that answers requests, somewhere on this machine. */
export interface FunctionHost {
  /** As it is printed: "node", "lambda", "workerd". */
  readonly name: string;
  /** Where anything else on this machine reaches it over HTTP, without a slash at its end. */
  readonly url: string;
  /** Takes a path, or a whole address whose origin is replaced by the host's own. A status of 500 is an answer like any other. */
  fetch(pathOrUrl: string, init?: RequestInit): Promise<Response>;
  /** Ends what was started; nothing of it runs when this is done. */
  close(): Promise<void>;
}

/** `fetch` of a host that listens at `url`. */
export function fetchAt(url: string): FunctionHost["fetch"] {
  return (pathOrUrl, init) => {
    const { pathname, search } = new URL(pathOrUrl, url);
    return fetch(new URL(`${pathname}${search}`, url), init);
  };
}
