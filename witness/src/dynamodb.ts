/** Leases in a table of DynamoDB, with the official client. @packageDocumentation */
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { wallClock, type LeaseClock } from "./lease-clock.js";
import type { LeaseStore, StoredLease } from "./lease-store.js";

export interface DynamoLeasesInit {
  readonly client: DynamoDBClient;
  /** Its partition key is `cluster`, a string; it has no sort key. Not a global table: those are not consistent. */
  readonly table: string;
}

export class DynamoLeases implements LeaseStore {
  readonly clock: LeaseClock = wallClock;
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor({ client, table }: DynamoLeasesInit) {
    this.#client = client;
    this.#table = table;
  }

  async read(cluster: string, signal: AbortSignal): Promise<StoredLease | undefined> {
    const command = new GetItemCommand({
      TableName: this.#table,
      Key: { cluster: { S: cluster } },
      ConsistentRead: true,
    });
    const { Item } = await this.#client.send(command, { abortSignal: signal });
    if (Item === undefined) return undefined;
    return { text: Item["lease"]?.S ?? "", version: Item["version"]?.S ?? "" };
  }

  /**
   * The client repeats what it has no answer to: when the first attempt was written after all, the second finds another version, and
   * the question is decided anew, for a node that has what it asks for.
   */
  async write(
    cluster: string,
    text: string,
    over: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: { cluster: { S: cluster }, lease: { S: text }, version: { S: crypto.randomUUID() } },
      ...(over === undefined
        ? {
            ConditionExpression: "attribute_not_exists(#cluster)",
            ExpressionAttributeNames: { "#cluster": "cluster" },
          }
        : {
            ConditionExpression: "#version = :over",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":over": { S: over } },
          }),
    });
    try {
      await this.#client.send(command, { abortSignal: signal });
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
