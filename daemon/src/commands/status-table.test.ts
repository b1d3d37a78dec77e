import { describe, expect, it } from "vitest";
import { statusDocument, type StatusDocument } from "../control/status-document.js";
import { sampleStatus } from "../testkit/fake-cluster.js";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { formatStatus } from "./status-table.js";

const plain = recordingTerminal(false).out;
const coloured = recordingTerminal(true).out;
const ESC = "\u001b";

describe("formatStatus", () => {
  it("is a table", () => {
    expect(`\n${formatStatus(statusDocument(sampleStatus()), plain)}`).toBe(`
master is stable
  every group is at home

  NODE                   STATE  WHY           SPEAKS    LINKS
* master                 active started       systole   eth0 up
  cluster1               active started       heartbeat eth0 up
  10.10.180.1            ping   started       -         eth0 up

  GROUP                              STATE    WHERE
  10.10.180.220/24/eth0:0            started  on master
    10.10.180.220/24/eth0:0          started  ipaddr
    nginx                            started  nginx
    master is its home and is active

  2 frames were refused; see --json for the reasons
`);
  });

  it("shows what is to be fenced, and what a takeover waits for", () => {
    const sample = sampleStatus();
    const one = {
      node: "cluster1",
      why: "cluster1 fell silent, and may still run what it had",
      phase: "retrying",
      waitsFor: "attempt 3 begins in 8 s",
      failures: 2,
    } as const;
    const text = formatStatus(
      statusDocument({ ...sample, policy: { ...sample.policy, fencing: [one] } }),
      plain,
    );
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "! cluster1 must be fenced: cluster1 fell silent, and may still run what it had; attempt 3 begins in 8 s",
    );
  });

  it("shows a node's weight and site where an operator has set them", () => {
    const sample = sampleStatus();
    const nodes = sample.nodes.map((node, index) =>
      index === 1 ? { ...node, weight: 50, site: "berlin" } : node,
    );
    const text = formatStatus(statusDocument({ ...sample, nodes }), plain);
    expect(text).toContain(
      "  cluster1               active started       heartbeat eth0 up\n    weight 50, site berlin\n  10.10.180.1",
    );
  });

  it("says what moves, where, and why", () => {
    const status = statusDocument(sampleStatus({ stable: false, owner: "cluster1" }));
    const text = formatStatus(status, plain);
    expect(text).toContain("master is in transition\n");
    expect(text).toContain("on cluster1 (home master)\n");
    expect(formatStatus(statusDocument(sampleStatus({ owner: undefined })), plain)).toContain(
      "on nobody (home master)",
    );
  });

  it("fits into 80 columns whatever the names are", () => {
    const sample = statusDocument(sampleStatus());
    const long = "x".repeat(120);
    const links = Array.from({ length: 9 }, (_, index) => ({ name: `eth${index}`, state: "up" as const }));
    const status: StatusDocument = {
      ...sample,
      node: long,
      why: "because ".repeat(40),
      nodes: sample.nodes.map((node) => ({ ...node, name: long, reason: long, links })),
      groups: sample.groups.map((group) => ({
        ...group,
        key: long,
        owner: long,
        why: "because ".repeat(40),
        resources: [{ name: long, agent: long, state: "failed" as const, reason: "it said no ".repeat(20) }],
      })),
    };
    const widths = formatStatus(status, plain)
      .split("\n")
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    expect(Math.max(...widths)).toBeGreaterThan(60);
  });

  it("has colours only where they are welcome", () => {
    const status = statusDocument(sampleStatus());
    expect(formatStatus(status, plain)).not.toContain(ESC);
    const text = formatStatus(status, coloured);
    expect(text).toContain(ESC);
    // eslint-disable-next-line no-control-regex -- colours are control characters
    expect(text.replaceAll(/\u001b\[\d+m/g, "")).toBe(formatStatus(status, plain));
  });

  it("does not let a peer's words move the cursor", () => {
    const sample = statusDocument(sampleStatus());
    const status = { ...sample, why: `${ESC}[2Jgone\nforged line` };
    expect(formatStatus(status, plain)).not.toContain(ESC);
    expect(formatStatus(status, plain)).not.toContain("\nforged");
  });

  it("says whether this node may serve alone, who was asked, and what ails it", () => {
    const sample = sampleStatus();
    const isolation = {
      policy: "release",
      rule: "released",
      serves: false,
      why: "no other node is heard",
      quorum: [{ name: "ping", answer: { kind: "unreachable", reason: "1 of 2 answer" } }],
    } as const;
    const carriers = [{ interface: "eth0", state: "lost" }] as const;
    const health = { lateMs: 340, lateTimes: 2, cpuPressure: 0.5, stealShare: 0.01, carriers, cutOff: true };
    const text = formatStatus(
      statusDocument({ ...sample, policy: { ...sample.policy, isolation }, health }),
      plain,
    );
    expect(text).toContain(`
  isolation release, rule released: no other node is heard. Quorum: ping
  unreachable (1 of 2 answer).
  ! this node is cut off (no carrier on eth0), was late by up to 340 ms in the
  last five minutes, waits for a CPU 50 % of the time
`);
  });

  it("says when nobody watches over the addresses, and nothing while somebody does", () => {
    const addressGuard = { state: "watching", afterMs: 700, pid: 4711, restarts: 6 } as const;
    const watched = statusDocument({ ...sampleStatus(), addressGuard });
    expect(watched.addressGuard).toEqual(addressGuard);
    expect(formatStatus(watched, plain)).toBe(formatStatus(statusDocument(sampleStatus()), plain));
    const down = { state: "down", afterMs: 700, restarts: 6 } as const;
    expect(formatStatus(statusDocument({ ...sampleStatus(), addressGuard: down }), plain)).toContain(`
  ! the guard of the addresses does not run: should this daemon die now, they
  may stay here; the log says why
`);
  });

  it("says that there are no groups", () => {
    const status = { ...statusDocument(sampleStatus()), groups: [] };
    expect(formatStatus(status, plain)).toContain("none: haresources names no resource");
  });
});
