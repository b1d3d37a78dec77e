// The state of a node in a table, with AWS's own client against DynamoDB as dynalite plays it: of those who race, one saves.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DynamoCell } from "@systole/core/lambda";
import dynalite from "dynalite";
import { afterAll, beforeAll, expect, it } from "vitest";

const TABLE = "nodes";
let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  server = dynalite({ createTableMs: 0 }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new DynamoDBClient({ endpoint, region: "eu-central-1", credentials });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: "name", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "name", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName: TABLE });
});

afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const cellOf = (name: string): DynamoCell =>
  new DynamoCell({ client, GetItemCommand, PutItemCommand, table: TABLE, name });

it("is empty, then holds what was saved over what was seen", async () => {
  const cell = cellOf("shop/cloud");
  expect(await cell.load()).toBeUndefined();
  expect(await cell.save(Uint8Array.of(1, 2), undefined)).toBe(true);
  const held = await cell.load();
  expect(held).toEqual({ bytes: Uint8Array.of(1, 2), version: "1" });
  expect(await cell.save(Uint8Array.of(3), undefined)).toBe(false);
  expect(await cell.save(Uint8Array.of(3), held?.version)).toBe(true);
  expect(await cell.save(Uint8Array.of(4), held?.version)).toBe(false);
  expect((await cellOf("bank/cloud").load())?.version).toBeUndefined();
});

it("lets one of many save, whoever they are", async () => {
  const cell = cellOf("race");
  await cell.save(new Uint8Array(100_000).fill(7), undefined);
  for (let round = 1; round <= 5; round += 1) {
    const over = (await cell.load())?.version;
    const racers = Array.from({ length: 8 }, (_, index) => cellOf("race").save(Uint8Array.of(index), over));
    expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
    expect((await cell.load())?.version).toBe(String(round + 1));
  }
});
