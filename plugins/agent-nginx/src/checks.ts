// Does nginx do its work? Asked over HTTP, at an address that it listens on.
import { isIP } from "node:net";
import type { Clock, Logger } from "@systole/sdk";
import { askHttp, type HttpAnswer } from "./http-answer.js";
import type { Listen } from "./listen.js";
import type { NginxParameters } from "./parameters.js";
import type { OpenSocket } from "./sockets.js";
import { droppedSince, parseStubStatus, type StubStatus } from "./stub-status.js";

type CheckParameters = Pick<
  NginxParameters,
  "check" | "checkTimeoutMs" | "expectBody" | "expectStatus" | "stubStatus"
>;
type Place = Pick<Extract<OpenSocket, { kind: "tcp" }>, "address" | "port">;

const MAX_REMEMBERED = 64;
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

export class Checks {
  readonly #log: Logger;
  readonly #clock: Clock;
  /** By URL: what the page of stub_status said last. */
  readonly #before = new Map<string, StubStatus>();

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * Why nginx does not work, or undefined. `sockets` are those that it has open. Both checks run at once; an abort answers
   * with a problem, too.
   */
  async problem(
    parameters: CheckParameters,
    sockets: readonly OpenSocket[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const places = sockets.filter((socket) => socket.kind === "tcp");
    const { check, stubStatus } = parameters;
    const ask = async (url: URL): Promise<HttpAnswer> => {
      const address = addressFor(url, places);
      if (address === undefined)
        return { ok: false, aborted: false, problem: "failed: nginx does not listen there" };
      return askHttp({ url, address, timeoutMs: parameters.checkTimeoutMs }, this.#clock, signal);
    };
    const [answer, figures] = await Promise.all([check && ask(check), stubStatus && ask(stubStatus)]);
    return (
      (check && answer && unexpected(check, answer, parameters)) ??
      (stubStatus && figures && this.#statusProblem(stubStatus, figures))
    );
  }

  #statusProblem(url: URL, answer: HttpAnswer): string | undefined {
    if (!answer.ok) return `${url.href} ${answer.problem}`;
    const figures = answer.status === 200 ? parseStubStatus(answer.body) : undefined;
    if (figures === undefined) {
      return `${url.href} answered ${answer.status} and no page of stub_status: say "stub_status;" in its location`;
    }
    const dropped = droppedSince(this.#before.get(url.href), figures);
    if (dropped > 0) {
      const advice = "raise worker_connections";
      this.#log.warn("nginx.connections-dropped", { dropped, active: figures.active, advice });
    }
    if (this.#before.size >= MAX_REMEMBERED) this.#before.clear();
    this.#before.set(url.href, figures);
    return undefined;
  }
}

function unexpected(url: URL, answer: HttpAnswer, expected: CheckParameters): string | undefined {
  if (!answer.ok) return `${url.href} ${answer.problem}`;
  if (!expected.expectStatus.test(String(answer.status))) return `${url.href} answered ${answer.status}`;
  const { expectBody } = expected;
  if (expectBody === undefined || answer.body.includes(expectBody)) return undefined;
  return `${url.href} answered ${answer.status} without ${JSON.stringify(expectBody)}`;
}

/** URLs that nothing of the configuration would answer, as sentences. */
export function unservedChecks(parameters: CheckParameters, listens: readonly Listen[]): readonly string[] {
  const places = listens.filter((listen) => listen.kind === "tcp");
  const known = places.map(({ host, port }) => ({ address: host, port }));
  return (["check", "stubStatus"] as const).flatMap((name) => {
    const url = parameters[name];
    if (url === undefined || addressFor(url, known) !== undefined) return [];
    const ports = [...new Set(known.map(({ address, port }) => `${address} port ${port}`))].join(", ");
    const parameter = name === "check" ? "check" : "stub-status";
    return [`${parameter}=${url.href}: nginx does not listen there; it listens on ${ports || "nothing"}`];
  });
}

/**
 * Where to connect for `url`: its own address when nginx listens on it, for a name any on that port, the loopback first.
 * Undefined when nginx does not listen there. `::` may serve IPv4 as well; whether it does, the connection tells.
 */
export function addressFor(url: URL, places: readonly Place[]): string | undefined {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  const there = places.filter((place) => place.port === port).map(({ address }) => address);
  if (isIP(host) !== 0) {
    const wildcards = isIP(host) === 4 ? ["0.0.0.0", "::"] : ["::"];
    // A listen by name: only nginx knows which address it took.
    const serving = there.some((one) => one === host || wildcards.includes(one) || isIP(one) === 0);
    return serving ? (LOOPBACK[host] ?? host) : undefined;
  }
  const candidates = there.map((one) => LOOPBACK[one] ?? one);
  return candidates.find((one) => one === "127.0.0.1" || one === "::1") ?? candidates[0];
}
