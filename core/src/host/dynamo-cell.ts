// The state of a node on Lambda in a table of DynamoDB: one item, replaced under a condition. The client is whatever version of AWS's
// own the function brings; of it, two commands are used.
import type { HeldState, StateCell } from "../runtime/function/index.js";

interface Item {
  readonly state?: { readonly B?: Uint8Array };
  readonly version?: { readonly N?: string };
}

/** As `@aws-sdk/client-dynamodb` exports them; Lambda's runtimes for Node have it. */
export interface DynamoCellInit {
  readonly client: { send(command: never): Promise<unknown> };
  readonly GetItemCommand: new (input: never) => unknown;
  readonly PutItemCommand: new (input: never) => unknown;
  /** A table whose partition key is the string `name`. */
  readonly table: string;
  /** Of this node's item: unique among the clusters that share the table. */
  readonly name: string;
}

export class DynamoCell implements StateCell {
  constructor(private readonly init: DynamoCellInit) {}

  async load(): Promise<HeldState | undefined> {
    const { GetItemCommand, table, name } = this.init;
    const input = { TableName: table, Key: { name: { S: name } }, ConsistentRead: true };
    const { Item: item } = (await this.send(new GetItemCommand(input as never))) as { readonly Item?: Item };
    if (item?.state?.B === undefined || item.version?.N === undefined) return undefined;
    return { bytes: item.state.B, version: item.version.N };
  }

  async save(bytes: Uint8Array, over: string | undefined): Promise<boolean> {
    const { PutItemCommand, table, name } = this.init;
    const version = { N: String(Number(over ?? 0) + 1) };
    const condition =
      over === undefined
        ? { ConditionExpression: "attribute_not_exists(#version)" }
        : {
            ConditionExpression: "#version = :over",
            ExpressionAttributeValues: { ":over": { N: over } },
          };
    const input = {
      TableName: table,
      Item: { name: { S: name }, state: { B: bytes }, version },
      ExpressionAttributeNames: { "#version": "version" },
      ...condition,
    };
    try {
      await this.send(new PutItemCommand(input as never));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
      throw error;
    }
  }

  private send(command: unknown): Promise<unknown> {
    return this.init.client.send(command as never);
  }
}
