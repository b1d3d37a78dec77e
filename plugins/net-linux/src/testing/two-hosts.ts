// Two hosts in network namespaces of their own, joined by two cables; the test process itself moves into one of them.
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";

const CLONE_NEWNET = 0x40000000;

/** Root, iproute2 and setns are needed. With CI=true the tests run in any case, and fail where they cannot. */
export const canMakeHosts =
  process.env["CI"] === "true" ||
  (process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync("ip", ["netns", "list"]).status === 0 &&
    spawnSync("unshare", ["-n", "true"]).status === 0);

/** `left` has eth0 10.77.0.1/24, fd77::1/64 and eth1 10.77.1.1/24; `right` the same with .2 on peer0 and peer1. */
export class TwoHosts {
  readonly left = `systole-left-${process.pid}`;
  readonly right = `systole-right-${process.pid}`;
  readonly #home = openSync("/proc/thread-self/ns/net", "r");
  readonly #setns: (fd: number, kind: number) => number;

  constructor() {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    this.#setns = koffi.load(null).func("int setns(int fd, int kind)") as (
      fd: number,
      kind: number,
    ) => number;
  }

  /** Makes both hosts and moves this thread to `left`. */
  build(): void {
    this.ip(`netns add ${this.left}`);
    this.ip(`netns add ${this.right}`);
    for (const [index, local, remote] of [
      [0, "eth0", "peer0"],
      [1, "eth1", "peer1"],
    ] as const) {
      this.ip(`-n ${this.left} link add ${local} type veth peer name ${remote} netns ${this.right}`);
      this.ip(`-n ${this.left} address add 10.77.${index}.1/24 dev ${local}`);
      this.ip(`-n ${this.right} address add 10.77.${index}.2/24 dev ${remote}`);
      this.ip(`-n ${this.left} link set ${local} up`);
      this.ip(`-n ${this.right} link set ${remote} up`);
    }
    this.ip(`-n ${this.left} link set lo up`);
    this.ip(`-n ${this.left} address add fd77::1/64 dev eth0 nodad`);
    this.ip(`-n ${this.right} address add fd77::2/64 dev peer0 nodad`);
    this.#enter(`/run/netns/${this.left}`);
  }

  /** Moves back and removes both hosts. */
  remove(): void {
    this.#setns(this.#home, CLONE_NEWNET);
    closeSync(this.#home);
    for (const host of [this.left, this.right]) spawnSync("ip", ["netns", "delete", host]);
  }

  /** Runs `act`, which must be synchronous, as a process of `right`. */
  onRight<T>(act: () => T): T {
    this.#enter(`/run/netns/${this.right}`);
    try {
      return act();
    } finally {
      this.#enter(`/run/netns/${this.left}`);
    }
  }

  /** Runs `ip` with blank-separated arguments; answers its output. */
  ip(args: string): string {
    return execFileSync("ip", args.split(" "), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Runs a program on `right`, which must succeed unless it may end `whatever it finds`. */
  runOnRight(command: string, success: "needed" | "whatever it finds" = "needed"): void {
    const { status, stderr } = spawnSync("ip", ["netns", "exec", this.right, ...command.split(" ")]);
    if (status !== 0 && success === "needed") throw new Error(`${command} failed: ${String(stderr)}`);
  }

  /** What `right` believes to be the hardware address of `address`. */
  neighbour(address: string): string | undefined {
    const [entry] = JSON.parse(this.ip(`-n ${this.right} -json neigh show ${address} dev peer0`)) as {
      lladdr?: string;
    }[];
    return entry?.lladdr;
  }

  #enter(path: string): void {
    const fd = openSync(path, "r");
    const result = this.#setns(fd, CLONE_NEWNET);
    closeSync(fd);
    if (result !== 0) throw new Error(`setns to ${path} failed`);
  }
}

/** Looks until `probe` answers true; fails after `withinMs`. */
export async function eventually(
  what: string,
  probe: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await probe())) {
    if (performance.now() > endMs) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
