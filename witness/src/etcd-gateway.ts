/** etcd's HTTP gateway: one call to one of several members, with a user where etcd wants one. @packageDocumentation */

export interface EtcdGatewayInit {
  /** Of the members, e.g. `http://127.0.0.1:2379`. The next one is asked when one does not answer. */
  readonly endpoints: readonly string[];
  /** E.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs in by itself, and again when etcd has forgotten it. */
  readonly user?: { readonly name: string; readonly password: string };
  /** One that knows the certificates of the members. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

const MAX_REASON_CHARACTERS = 200;
const encoder = new TextEncoder();

export class EtcdGateway {
  readonly #init: EtcdGatewayInit;
  #next = 0;
  #token: string | undefined;

  constructor(init: EtcdGatewayInit) {
    if (init.endpoints.length === 0) throw new RangeError("etcd needs an endpoint");
    this.#init = init;
  }

  /** `path`: such as `kv/range`. Rejects when the member that is asked does not answer, or refuses; the next call asks the next one. */
  async ask<Answer>(path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const { endpoints, user } = this.#init;
    const asked = this.#next;
    const endpoint = (endpoints[asked % endpoints.length] ?? "").replace(/\/$/, "");
    try {
      if (user !== undefined) this.#token ??= await this.#signIn(endpoint, user, signal);
      let response = await this.#post(endpoint, path, body, signal);
      if (user !== undefined && !response.ok && (await isForgotten(response))) {
        this.#token = await this.#signIn(endpoint, user, signal);
        response = await this.#post(endpoint, path, body, signal);
      }
      return await answerOf<Answer>(response);
    } catch (cause) {
      // Of several calls that have failed there one is enough.
      if (this.#next === asked) this.#next += 1;
      throw cause;
    }
  }

  async #signIn(
    endpoint: string,
    user: { readonly name: string; readonly password: string },
    signal: AbortSignal,
  ): Promise<string> {
    this.#token = undefined;
    const response = await this.#post(endpoint, "auth/authenticate", user, signal);
    const { token } = await answerOf<{ readonly token?: string }>(response);
    if (typeof token !== "string") throw new Error("etcd has given no token");
    return token;
  }

  #post(endpoint: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    const { headers, fetch: ask = fetch } = this.#init;
    const signed = this.#token === undefined ? headers : { ...headers, authorization: this.#token };
    const init = { method: "POST", body: JSON.stringify(body), signal };
    return ask(`${endpoint}/v3/${path}`, { ...init, ...(signed && { headers: signed }) });
  }
}

/** A token ends with its time, with etcd, and with each change of etcd's users. */
async function isForgotten(response: Response): Promise<boolean> {
  if (response.status === 401) return true;
  return (
    response.status === 400 && /auth store is old|user name is empty/.test(await response.clone().text())
  );
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (!response.ok)
    throw new Error(
      `etcd answers ${response.status}: ${(await response.text()).slice(0, MAX_REASON_CHARACTERS)}`,
    );
  return (await response.json()) as Answer;
}

export function toBase64(text: string): string {
  return btoa(String.fromCharCode(...encoder.encode(text)));
}

export function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
