// AWS Lambda on this machine: environments that are started when they are needed, and a function URL in front of them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";
import { type FunctionHost, fetchAt } from "./host.js";
import { LambdaFunctionError, LambdaInstance } from "./lambda-instance.js";
import { startNodeHost } from "./node-host.js";

export { LambdaFunctionError };

export interface LambdaInit {
  /** One ES module, as `bundle({ for: "node" })` makes it. */
  readonly script: string;
  /** Name of the export that is called; "handler" unless told otherwise. */
  readonly handler?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** How many may run at the same time; what comes above it waits. 1 unless told otherwise. */
  readonly atOnce?: number;
  /** An invocation that takes longer ends with its process. 10 s unless told otherwise. */
  readonly timeoutMs?: number;
}

export interface LambdaHost extends FunctionHost {
  /** Any event: a schedule's, a rule's. Rejects with LambdaFunctionError. */
  invoke(event: unknown): Promise<unknown>;
  /** Ends every environment in the middle of what it does; the next call finds a cold one. */
  kill(): Promise<void>;
}

/** What a function URL sends as text; anything else travels in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b)/;

/** The loop of the Runtime API, bundled once. */
let bootstrap: Promise<string> | undefined;

export async function startLambda(init: LambdaInit): Promise<LambdaHost> {
  const source = fileURLToPath(new URL("lambda-bootstrap.ts", import.meta.url)).replace(
    "/dist/hosts/",
    "/src/hosts/",
  );
  bootstrap ??= bundle({ entry: `import ${JSON.stringify(source)};`, for: "node" });
  const directory = mkdtempSync(join(tmpdir(), "systole-lambda-"));
  writeFileSync(join(directory, "bootstrap.mjs"), await bootstrap);
  writeFileSync(join(directory, "function.mjs"), init.script);
  const pool = new Environments(init, directory);
  const front = await startNodeHost(async (request) => answerOf(await settle(pool, await eventOf(request))));
  return {
    name: "lambda",
    url: front.url,
    fetch: fetchAt(front.url),
    invoke: (event) => pool.invoke(event),
    kill: () => pool.kill(),
    close: async () => {
      await front.close();
      await pool.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The environments of one function: warm ones are used again, one invocation at a time each. */
class Environments {
  readonly #instances = new Set<LambdaInstance>();
  readonly #waiting: (() => void)[] = [];
  readonly #atOnce: number;

  constructor(
    private readonly init: LambdaInit,
    private readonly directory: string,
  ) {
    this.#atOnce = init.atOnce ?? 1;
  }

  async invoke(event: unknown): Promise<unknown> {
    const instance = await this.#free();
    try {
      await instance.start();
      return await instance.invoke(event);
    } finally {
      instance.taken = false;
      this.#waiting.shift()?.();
    }
  }

  async kill(): Promise<void> {
    const instances = [...this.#instances];
    this.#instances.clear();
    await Promise.all(instances.map((instance) => instance.close()));
  }

  async #free(): Promise<LambdaInstance> {
    for (;;) {
      for (const instance of this.#instances)
        if (instance.ended && !instance.taken) {
          this.#instances.delete(instance);
          await instance.close();
        }
      // From here to the end nothing waits: two calls never take the same environment.
      const free = [...this.#instances].find((instance) => !instance.taken) ?? this.#cold();
      if (free !== undefined) {
        free.taken = true;
        return free;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #cold(): LambdaInstance | undefined {
    if (this.#instances.size >= this.#atOnce) return undefined;
    const instance = new LambdaInstance({
      directory: this.directory,
      handler: `function.${this.init.handler ?? "handler"}`,
      environment: this.init.environment ?? {},
      timeoutMs: this.init.timeoutMs ?? 10_000,
    });
    this.#instances.add(instance);
    return instance;
  }
}

/** An event of payload format 2.0, as a function URL makes it of a request. */
async function eventOf(request: Request): Promise<unknown> {
  const { pathname, search } = new URL(request.url);
  const body = Buffer.from(await request.arrayBuffer());
  const isText = TEXT.test(request.headers.get("content-type") ?? "");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(request.headers),
    requestContext: { http: { method: request.method, path: pathname, sourceIp: "127.0.0.1" } },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** A function that failed is a bad gateway to whoever asked. */
async function settle(pool: Environments, event: unknown): Promise<unknown> {
  try {
    return await pool.invoke(event);
  } catch (error) {
    if (!(error instanceof LambdaFunctionError)) throw error;
    return { statusCode: 502, headers: { "content-type": "text/plain" }, body: error.message };
  }
}

interface Answer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** As a function URL reads an answer: with a status it is taken apart, without one it is the body. */
function answerOf(answer: unknown): Response {
  const { statusCode, headers, body = "", isBase64Encoded = false } = (answer ?? {}) as Answer;
  if (statusCode === undefined)
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  const isEmpty = statusCode === 204 || statusCode === 304;
  return new Response(isEmpty ? null : new Uint8Array(bytes), {
    status: statusCode,
    ...(headers && { headers }),
  });
}
