// The runtime of Cloudflare Workers itself, offline: Durable Objects, alarms and storage as they are there, on a port of this machine.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { type Json, Log, LogLevel, Miniflare, type MiniflareOptions } from "miniflare";
import { type FunctionHost, fetchAt } from "./host.js";

export interface WorkerdInit {
  /** One ES module, as `bundle({ for: "workers" })` makes it. */
  readonly script: string;
  /** Binding to the class that the script exports, each with storage of its own. */
  readonly durableObjects?: Readonly<Record<string, string>>;
  /** Text, numbers and data that the worker finds in its environment, secrets among them. */
  readonly bindings?: Readonly<Record<string, Json>>;
  /** A directory in which Durable Objects survive a restart; without it they live as long as the host. */
  readonly storedIn?: string;
  /** For example "nodejs_compat". */
  readonly flags?: readonly string[];
}

export interface WorkerdHost extends FunctionHost {
  /** Ends the process and starts another: what was not stored is gone. The address changes. */
  restart(): Promise<void>;
  /** The end of what the worker and the runtime have written. */
  output(): string;
}

/** No later than the build of workerd that miniflare brings. */
const COMPATIBILITY_DATE = "2026-04-01";

/** Why workerd cannot run here; undefined when it can. It is an optional package: `npm ci --omit=optional` leaves it out. */
export function workerdMissing(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const program = createRequire(require.resolve("miniflare"))("workerd") as { readonly default: string };
    return existsSync(program.default) ? undefined : `there is no program ${program.default}`;
  } catch (error) {
    return `workerd is not installed for this machine (npm ci, with optional packages): ${String(error)}`;
  }
}

export async function startWorkerd(init: WorkerdInit): Promise<WorkerdHost> {
  let running = await run(init);
  return {
    name: "workerd",
    get url() {
      return running.url;
    },
    fetch: (pathOrUrl, request) => fetchAt(running.url)(pathOrUrl, request),
    output: () => running.output(),
    restart: async () => {
      await running.miniflare.dispose();
      running = await run(init);
    },
    close: () => running.miniflare.dispose(),
  };
}

interface Running {
  readonly miniflare: Miniflare;
  readonly url: string;
  readonly output: () => string;
}

async function run(init: WorkerdInit): Promise<Running> {
  // A bundle of authorities from the environment is parsed anew at each start; nothing here speaks TLS.
  delete process.env["NODE_EXTRA_CA_CERTS"];
  let output = "";
  const keep = (stream: NodeJS.ReadableStream): void =>
    void stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
  const handleRuntimeStdio = (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): void => {
    keep(stdout);
    keep(stderr);
  };
  const miniflare = new Miniflare({ ...optionsOf(init), handleRuntimeStdio });
  try {
    const url = String(await miniflare.ready).replace(/\/$/, "");
    return { miniflare, url, output: () => output };
  } catch (error) {
    await miniflare.dispose().catch(() => undefined);
    throw new Error(`workerd does not start: ${output}`, { cause: error });
  }
}

function optionsOf({
  script,
  durableObjects = {},
  bindings = {},
  storedIn,
  flags = [],
}: WorkerdInit): MiniflareOptions {
  return {
    modules: [{ type: "ESModule", path: "function.mjs", contents: script }],
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: [...flags],
    durableObjects: Object.fromEntries(
      Object.entries(durableObjects).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    bindings: { ...bindings },
    host: "127.0.0.1",
    port: 0,
    // Otherwise it asks the network where it is.
    cf: false,
    log: new Log(LogLevel.ERROR),
    ...(storedIn !== undefined && { durableObjectsPersist: storedIn }),
  };
}
