// The part of the Hetzner Cloud API that is used here: what takes time is an action, which is asked for until it has ended.
import { pause } from "../pause.js";
import { Rest } from "../rest.js";

interface Action {
  readonly id: number;
  readonly command: string;
  readonly status: "running" | "success" | "error";
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface HetznerInit {
  readonly api: string;
  readonly token: string;
  readonly lookEveryMs: number;
}

export class HetznerCloud {
  readonly #rest: Rest;
  readonly #lookEveryMs: number;

  constructor({ api, token, lookEveryMs }: HetznerInit) {
    this.#lookEveryMs = lookEveryMs;
    this.#rest = new Rest({
      base: api,
      token,
      refusal: (body) => {
        const { error } = (body ?? {}) as { error?: { code: string; message: string } };
        return error && `${error.message} (${error.code})`;
      },
    });
  }

  get<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
    return this.#rest.ask<Answer>("GET", path, signal);
  }

  /** Resolves when the action has succeeded; throws when it has failed. */
  async act(path: string, signal: AbortSignal, body: object = {}): Promise<void> {
    let { action } = await this.#rest.ask<{ action: Action }>("POST", path, signal, body);
    while (action.status === "running") {
      await pause(this.#lookEveryMs, signal);
      ({ action } = await this.get<{ action: Action }>(`/actions/${action.id}`, signal));
    }
    if (action.status === "error")
      throw new Error(
        `${action.command}: ${action.error?.message ?? "it failed"} (${action.error?.code ?? "?"})`,
      );
  }
}
