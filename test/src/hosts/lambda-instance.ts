// One execution environment of the Lambda emulator: a Runtime API of its own, and the function's process that asks it for work.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf } from "./node-host.js";

/** The function threw, did not start, ran out of time, or its process ended: what Lambda reports as a function error. */
export class LambdaFunctionError extends Error {
  override readonly name = "LambdaFunctionError";
  constructor(
    readonly errorType: string,
    message: string,
  ) {
    super(message);
  }
}

export interface InstanceInit {
  /** Directory with bootstrap.mjs and function.mjs. */
  readonly directory: string;
  /** As AWS writes it: file and export, "function.handler". */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: LambdaFunctionError) => void;
}

const ARN = "arn:aws:lambda:eu-central-1:000000000000:function:under-test";
const INVOCATION = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

/** Serves one invocation at a time, as an environment of Lambda does. */
export class LambdaInstance {
  /** Whether an invocation has it; kept by whoever hands invocations out. */
  taken = false;
  #api: Server | undefined;
  #process: ChildProcess | undefined;
  #asking: ServerResponse | undefined;
  #current: Invocation | undefined;
  #handed = false;
  #startError: LambdaFunctionError | undefined;
  #output = "";
  #count = 0;

  constructor(private readonly init: InstanceInit) {}

  /** Whether the process has come and gone: it is replaced by a new, cold one. */
  get ended(): boolean {
    return (
      this.#process !== undefined && (this.#process.exitCode !== null || this.#process.signalCode !== null)
    );
  }

  /** Does nothing when it has been started. */
  async start(): Promise<void> {
    if (this.#api !== undefined) return;
    const api = createServer((request, response) => {
      void this.#answer(request, response);
    });
    this.#api = api;
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const { port } = api.address() as AddressInfo;
    const child = spawn(process.execPath, [`${this.init.directory}/bootstrap.mjs`], {
      // Nothing of the caller's: an additional bundle of authorities alone costs 30 ms at each cold start.
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${String(port)}`,
        LAMBDA_TASK_ROOT: this.init.directory,
        _HANDLER: this.init.handler,
        AWS_REGION: "eu-central-1",
        ...this.init.environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const keep = (chunk: Buffer): string => (this.#output = (this.#output + chunk.toString()).slice(-4000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("exit", (code, signal) => this.#ended(`${String(code ?? signal)}`));
  }

  invoke(event: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail("Sandbox.Timedout", `Task timed out after ${String(this.init.timeoutMs)} ms`);
        this.kill();
      }, this.init.timeoutMs);
      const settled =
        <T>(next: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          this.#current = undefined;
          next(value);
        };
      this.#count += 1;
      const id = `00000000-0000-4000-8000-${String(this.#count).padStart(12, "0")}`;
      this.#current = { id, event, resolve: settled(resolve), reject: settled(reject) };
      this.#handed = false;
      if (this.ended) this.#ended("before it was asked");
      else this.#hand();
    });
  }

  /** As when the environment is taken away: at once, in the middle of whatever it does. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  async close(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && !this.ended) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
    }
    this.#api?.closeAllConnections();
    await new Promise((resolve) => this.#api?.close(resolve) ?? resolve(undefined));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (request.method === "GET" && path === "/2018-06-01/runtime/invocation/next") {
      this.#asking = response;
      response.on("close", () => {
        if (this.#asking === response) this.#asking = undefined;
      });
      this.#hand();
      return;
    }
    const body = await bodyOf(request);
    const [, id, kind] = INVOCATION.exec(path) ?? [];
    if (path === "/2018-06-01/runtime/init/error") this.#startError = functionError(body);
    else if (id === undefined || id !== this.#current?.id || body === undefined) {
      response.writeHead(body === undefined ? 413 : 400).end('{"errorType":"InvalidRequestID"}');
      return;
    } else if (kind === "response") this.#current.resolve(JSON.parse(body.toString()));
    else this.#current.reject(functionError(body));
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  }

  /** Gives the waiting event to the waiting process, once. */
  #hand(): void {
    const invocation = this.#current;
    const asking = this.#asking;
    if (invocation === undefined || asking === undefined || this.#handed) return;
    this.#handed = true;
    this.#asking = undefined;
    asking.writeHead(200, {
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": invocation.id,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + this.init.timeoutMs),
      "Lambda-Runtime-Invoked-Function-Arn": ARN,
    });
    asking.end(JSON.stringify(invocation.event));
  }

  #ended(how: string): void {
    if (this.#startError !== undefined) this.#current?.reject(this.#startError);
    else this.#fail("Runtime.ExitError", `Runtime exited (${how}): ${this.#output}`);
  }

  #fail(errorType: string, message: string): void {
    this.#current?.reject(new LambdaFunctionError(errorType, message));
  }
}

function functionError(body: Buffer | undefined): LambdaFunctionError {
  const { errorType, errorMessage } = JSON.parse(body?.toString() ?? "{}") as Readonly<
    Record<string, string>
  >;
  return new LambdaFunctionError(errorType ?? "Error", errorMessage ?? "");
}
