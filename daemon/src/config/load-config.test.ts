import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../testkit/seed-files.js";
import { DEFAULT_CLIENT_ACCESS } from "./ha-cf/clients.js";
import { loadConfig } from "./load-config.js";
import type { Machine } from "./machine.js";

const directories: HaDirectory[] = [];

function directory(overrides: Readonly<Record<string, string | undefined>> = {}): HaDirectory {
  const made = makeHaDirectory(overrides);
  directories.push(made);
  return made;
}

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

function load(overrides: Readonly<Record<string, string | undefined>> = {}, machine: Partial<Machine> = {}) {
  return loadConfig({ haDirectory: directory(overrides).path, machine: seedMachine(machine) });
}

function codes(
  overrides: Readonly<Record<string, string | undefined>>,
  machine: Partial<Machine> = {},
): string[] {
  return load(overrides, machine).problems.map(({ severity, code, line }) => `${line} ${severity} ${code}`);
}

describe("the seed's three files", () => {
  it("become the model, without a problem", () => {
    const { model, problems, resources, logging } = load();
    expect(problems).toEqual([]);
    expect(model).toEqual({
      self: "master",
      nodes: ["master", "cluster1"],
      pingNodes: [{ name: "10.10.180.1", group: false }],
      timings: {
        keepaliveMs: 2000,
        warnMs: 10_000,
        deadMs: 30_000,
        initialDeadMs: 120_000,
        pingDeadMs: 30_000,
        maxRetransmitDelayMs: 250,
      },
      hopFudge: 1,
      innerSignature: true,
      compression: { traditional: false, thresholdBytes: 2048 },
      groups: [
        {
          key: "10.10.180.220/24/eth0:0",
          home: "master",
          resources: [
            { name: "10.10.180.220/24/eth0:0", agent: "ipaddr" },
            { name: "nginx", agent: "nginx" },
          ],
        },
      ],
      resources: [
        { name: "10.10.180.220/24/eth0:0", args: ["10.10.180.220/24/eth0:0"], parameters: {} },
        { name: "nginx", args: [], parameters: {} },
      ],
      failback: "on",
      ipfail: true,
      isolation: "release",
      operationTimeoutMs: expect.objectContaining({ start: 60_000, stop: 60_000, elsewhere: 5000 }),
      requestTimeoutMs: 120_000,
      clientAccess: DEFAULT_CLIENT_ACCESS,
      plugins: [
        { use: "net-linux" },
        {
          use: "transport-udp",
          with: {
            media: [
              {
                name: "ucast:eth0:10.10.180.222",
                kind: "ucast",
                interface: "eth0",
                address: "10.10.180.222",
                port: 694,
              },
            ],
          },
        },
        {
          use: "transport-ping",
          with: { nodes: [{ name: "10.10.180.1", group: false, hosts: ["10.10.180.1"] }] },
        },
        { use: "auth-classic", with: { sign: 3, keys: [{ index: 3, method: "md5", key: "Hello!" }] } },
        { use: "agent-ipaddr", with: { deadMs: 30_000, leaseMs: 26_000, guardMs: 27_800 } },
        { use: "agent-nginx" },
        { use: "api-heartbeat", with: expect.objectContaining({ builtIn: ["ipfail"], deadMs: 30_000 }) },
        { use: "auth-sealed", with: expect.objectContaining({ self: "master", mode: "off" }) },
      ],
      providers: {
        membership: "heartbeat",
        policy: "haresources",
        authenticator: "classic",
        transports: ["ucast:eth0:10.10.180.222", "ping:10.10.180.1"],
        companions: ["api-heartbeat"],
        sealer: "sealed",
        services: { network: "linux" },
      },
    });
    expect(resources).toEqual([
      { text: "10.10.180.220/24/eth0:0", resolvesTo: "native:ipaddr" },
      { text: "nginx", resolvesTo: "native:nginx" },
    ]);
    expect(logging).toEqual({
      logFile: "/var/log/ha-log",
      debugFile: "/var/log/ha-debug",
      logFacility: "local0",
      debugLevel: 0,
    });
  });

  it("work on cluster1 too, whose ucast names itself", () => {
    const { model, problems } = load({}, { hostname: () => "CLUSTER1" });
    expect(problems).toEqual([]);
    expect(model?.self).toBe("cluster1");
  });
});

describe("compression", () => {
  it("is what ha.cf says, in bytes", () => {
    const { model, problems } = load({
      "ha.cf": `${SEED_HA_CF}traditional_compression on\ncompression_threshold 5\ncompression zlib\n`,
    });
    expect(problems).toEqual([]);
    expect(model?.compression).toEqual({ traditional: true, thresholdBytes: 5120 });
  });
});

describe("plugins", () => {
  it("are those that the files name", () => {
    const made = directory({
      "ha.cf":
        "bcast eth0\nmcast eth0 239.0.0.1 694 1 0\nnode master\nnode other\nauto_failback off\nenv site=a\n",
      haresources: "master Dummy::one lsb:web\n",
    });
    made.write("resource.d/Dummy", "");
    chmodSync(join(made.path, "resource.d/Dummy"), 0o755);
    const machine = seedMachine();
    const { model, problems } = loadConfig({
      haDirectory: made.path,
      machine: {
        ...machine,
        isExecutableFile: (path) => path === "/nowhere/init.d/web" || machine.isExecutableFile(path),
      },
    });
    expect(problems).toEqual([]);
    expect(model?.plugins.map((plugin) => plugin.use)).toEqual([
      "net-linux",
      "transport-udp",
      "auth-classic",
      "agent-lsb",
      "api-heartbeat",
      "auth-sealed",
    ]);
    expect(model?.plugins[3]?.with).toMatchObject({
      resourceDirectory: join(made.path, "resource.d"),
      initDirectory: "/nowhere/init.d",
      environment: { HA_CURHOST: "master", HA_NICEFAILBACK: "yes", HA_site: "a", HA_auto_failback: "off" },
    });
    expect(model?.providers.transports).toEqual(["bcast:eth0", "mcast:eth0:239.0.0.1"]);
    expect(model?.resources).toEqual([
      { name: "Dummy::one", args: ["Dummy", "one"], parameters: {} },
      { name: "lsb:web", args: ["web"], parameters: {} },
    ]);
  });

  it("get a port in a medium's name where two would be the same", () => {
    const text =
      "mcast eth0 239.0.0.1 694 1 0\nmcast eth0 239.0.0.1 695 1 0\nnode master\nnode b\nauto_failback on\n";
    expect(load({ "ha.cf": text }).model?.providers.transports).toEqual([
      "mcast:eth0:239.0.0.1",
      "mcast:eth0:239.0.0.1:695",
    ]);
  });
});

describe("problems between the files", () => {
  const HA_CF = "bcast eth0\nnode master\nnode cluster1\nauto_failback on\n";
  it.each<[string, Record<string, string | undefined>, Partial<Machine>, string[]]>([
    [
      "a node of haresources that is not in ha.cf",
      { haresources: "mastr nginx\n" },
      {},
      ["1 error haresources.node-unknown"],
    ],
    [
      "a name that resolves to nothing",
      { haresources: "master 10.0.0.1 postfix\n" },
      {},
      ["1 error resource.not-found"],
    ],
    [
      "an interface of a medium",
      { "ha.cf": HA_CF.replace("eth0", "eth7") },
      {},
      ["1 error interface.missing"],
    ],
    [
      "an interface of an address",
      { haresources: "master 10.0.0.1/24/eth7:0\n" },
      {},
      ["1 error interface.missing"],
    ],
    [
      "an address in two spellings",
      { haresources: "master 10.0.0.1\ncluster1 IPaddr::10.0.0.1/24\n" },
      {},
      ["2 error haresources.address-repeated"],
    ],
    ["a machine that is not a node", {}, { hostname: () => "www" }, ["11 error node.self-missing"]],
    ["one node only", { "ha.cf": HA_CF.replace("node cluster1\n", "") }, {}, ["2 warning node.alone"]],
    [
      "no auto_failback",
      { "ha.cf": HA_CF.replace("auto_failback on\n", "") },
      {},
      ["0 warning failback.unset"],
    ],
    [
      "ipfail without ping nodes",
      { "ha.cf": `${HA_CF}respawn u /x/ipfail\n` },
      {},
      ["5 warning ipfail.no-ping"],
    ],
    [
      "ipfail with legacy",
      { "ha.cf": SEED_HA_CF.replace("failback on", "failback legacy") },
      {},
      ["14 warning ipfail.legacy"],
    ],
    ["a ping node that is a node", { "ha.cf": `${HA_CF}ping cluster1\n` }, {}, ["5 error ping.is-node"]],
    [
      "times that contradict each other",
      { "ha.cf": `${HA_CF}deadtime 1\n` },
      {},
      ["5 error deadtime.too-short"],
    ],
    ["no ha.cf", { "ha.cf": undefined }, {}, ["0 error file.missing"]],
    ["no authkeys", { authkeys: undefined }, {}, ["0 error file.missing"]],
    ["no haresources", { haresources: undefined }, {}, ["0 error file.missing"]],
  ])("%s", (_name, overrides, machine, expected) => {
    expect(codes(overrides, machine)).toEqual(expected);
  });

  it("are all reported at once, and there is no model", () => {
    const { model, problems } = load({
      "ha.cf": "keepalve 1\n",
      authkeys: "auth 1\n",
      haresources: "master nothing-here\n",
    });
    expect(model).toBeUndefined();
    expect(problems.map((problem) => problem.code)).toEqual(
      [
        "medium.none",
        "node.none",
        "failback.unset",
        "directive.unknown",
        "authkeys.signer-missing",
        "resource.not-found",
      ].toSorted(
        (one, other) =>
          problems.findIndex((p) => p.code === one) - problems.findIndex((p) => p.code === other),
      ),
    );
  });

  it("leave a model when they are warnings", () => {
    expect(load({ "ha.cf": HA_CF.replace("auto_failback on\n", "") }).model?.failback).toBe("legacy");
  });
});

describe("serial ports", () => {
  it("become a medium each, named after the device", () => {
    const { model, problems } = load({ "ha.cf": `baud 9600\nserial /dev/ttyS0\n${SEED_HA_CF}` });
    expect(problems).toEqual([]);
    expect(model?.plugins).toContainEqual({
      use: "transport-serial",
      with: { ports: [{ name: "serial:/dev/ttyS0", device: "/dev/ttyS0", baud: 9600 }] },
    });
    expect(model?.providers.transports).toEqual([
      "ucast:eth0:10.10.180.222",
      "serial:/dev/ttyS0",
      "ping:10.10.180.1",
    ]);
  });

  it("must be there", () => {
    expect(codes({ "ha.cf": `serial /dev/ttyS7\n${SEED_HA_CF}` })).toEqual(["1 error device.missing"]);
  });
});
