// The stores that several instances share, against the real etcd and against DynamoDB as dynalite plays it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DynamoLeases } from "./dynamodb.js";
import { EtcdLeases } from "./etcd.js";
import type { LeaseStore } from "./lease-store.js";
import { startDynamo, TABLE, type DynamoServer } from "./testing/dynamo-server.js";
import { HAS_ETCD, startEtcd, type EtcdServer } from "./testing/etcd-server.js";
import { runRaces } from "./testing/races.js";
import { live } from "./testing/wire.js";

interface Kind {
  open(): Promise<{ close(): Promise<void> }>;
  /** As one more instance of the witness would make it. */
  store(): LeaseStore;
  readonly races: number;
}

let etcd: EtcdServer | undefined;
let dynamo: DynamoServer;
const NOWHERE = "http://127.0.0.1:9";

const KINDS: readonly (readonly [string, boolean, Kind])[] = [
  [
    "etcd",
    HAS_ETCD,
    {
      open: async () => (etcd = await startEtcd()),
      store: () => new EtcdLeases({ endpoints: [etcd?.url ?? NOWHERE] }),
      races: 200,
    },
  ],
  [
    "DynamoDB",
    true,
    {
      open: async () => (dynamo = await startDynamo()),
      store: () => new DynamoLeases({ client: dynamo.client(), table: TABLE }),
      races: 60,
    },
  ],
];

for (const [name, isHere, kind] of KINDS)
  describe.runIf(isHere)(`leases in ${name}`, () => {
    let opened: { close(): Promise<void> } | undefined;
    beforeAll(async () => {
      opened = await kind.open();
    }, 30_000);
    afterAll(() => opened?.close());

    it("are written by who has read the newest, and by nobody else", async () => {
      const [one, other] = [kind.store(), kind.store()];
      expect(await one.read("first", live())).toBeUndefined();
      expect(await one.write("first", "ä1", undefined, live())).toBe(true);
      expect(await other.write("first", "b1", undefined, live())).toBe(false);
      const read = await other.read("first", live());
      expect(read?.text).toBe("ä1");
      expect(await other.write("first", "b2", read?.version, live())).toBe(true);
      expect(await one.write("first", "a2", read?.version, live())).toBe(false);
      expect((await one.read("first", live()))?.text).toBe("b2");
      expect(await one.read("second", live())).toBeUndefined();
    });

    it("are won by one of two instances in every race", { timeout: 60_000 }, async () => {
      const beganMs = performance.now();
      const { wins, epoch } = await runRaces({
        stores: [kind.store(), kind.store()],
        cluster: "web",
        races: kind.races,
      });
      const tookMs = Math.round(performance.now() - beganMs);
      process.stdout.write(
        `${name}: ${kind.races} races, ${JSON.stringify(wins)}, epoch ${epoch}, ${tookMs} ms\n`,
      );
      expect((wins["alpha"] ?? 0) + (wins["bravo"] ?? 0)).toBe(kind.races);
    });

    it("end the wait with the signal", async () => {
      await expect(kind.store().read("web", AbortSignal.abort())).rejects.toThrow(/abort/i);
    });
  });

describe("etcd", () => {
  it("is asked at the next endpoint when one does not answer", async () => {
    const asked: string[] = [];
    const answer = async (url: string | URL | Request): Promise<Response> => {
      asked.push(new URL(String(url)).host);
      if (asked.length === 1) throw new Error("connection refused");
      return Response.json({});
    };
    const store = new EtcdLeases({ endpoints: ["http://one:2379", "http://two:2379/"], fetch: answer });
    await expect(store.read("web", live())).rejects.toThrow("connection refused");
    expect(await store.read("web", live())).toBeUndefined();
    expect(asked).toEqual(["one:2379", "two:2379"]);
  });

  it("that refuses is an error, and says why", async () => {
    const refuse = async () => new Response("permission denied", { status: 403 });
    const store = new EtcdLeases({ endpoints: [NOWHERE], fetch: refuse });
    await expect(store.write("web", "", undefined, live())).rejects.toThrow("403: permission denied");
    expect(() => new EtcdLeases({ endpoints: [] })).toThrow("needs an endpoint");
  });
});
