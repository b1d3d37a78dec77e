// A cell in a table: the conditions that are asked for, against a table that keeps them.
import { expect, it } from "vitest";
import { DynamoCell } from "./dynamo-cell.js";

interface Input {
  readonly TableName: string;
  readonly ConsistentRead?: boolean;
  readonly Item?: Readonly<Record<string, { readonly N?: string }>>;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly N: string }>>;
}

class Command {
  constructor(readonly input: Input) {}
}
class Get extends Command {}
class Put extends Command {}

function tableOfOne() {
  let item: Input["Item"];
  const holds = ({
    ConditionExpression,
    ExpressionAttributeValues,
    ExpressionAttributeNames,
  }: Input): boolean => {
    expect(ExpressionAttributeNames).toEqual({ "#version": "version" });
    if (ConditionExpression === "attribute_not_exists(#version)") return item === undefined;
    expect(ConditionExpression).toBe("#version = :over");
    return item?.["version"]?.N === ExpressionAttributeValues?.[":over"]?.N;
  };
  const send = async (command: Get | Put): Promise<unknown> => {
    expect(command.input.TableName).toBe("nodes");
    // Without it a read may miss the last write.
    if (command instanceof Get) return { Item: command.input.ConsistentRead === true ? item : undefined };
    if (!holds(command.input))
      throw Object.assign(new Error("The conditional request failed"), {
        name: "ConditionalCheckFailedException",
      });
    item = command.input.Item;
    return {};
  };
  const parts = { client: { send }, GetItemCommand: Get, PutItemCommand: Put };
  return new DynamoCell({
    ...(parts as never as { client: never; GetItemCommand: never; PutItemCommand: never }),
    table: "nodes",
    name: "gamma",
  });
}

it("is saved over what was seen, and over nothing else", async () => {
  const cell = tableOfOne();
  expect(await cell.load()).toBeUndefined();
  expect(await cell.save(Uint8Array.of(1), undefined)).toBe(true);
  expect(await cell.save(Uint8Array.of(2), undefined)).toBe(false);
  const held = await cell.load();
  expect(held).toEqual({ bytes: Uint8Array.of(1), version: "1" });
  expect(await cell.save(Uint8Array.of(3), held?.version)).toBe(true);
  expect(await cell.save(Uint8Array.of(4), held?.version)).toBe(false);
  expect(await cell.load()).toEqual({ bytes: Uint8Array.of(3), version: "2" });
});

it("throws what is no race", async () => {
  const client = { send: () => Promise.reject(new Error("no such table")) };
  const cell = new DynamoCell({
    client,
    GetItemCommand: Get as never,
    PutItemCommand: Put as never,
    table: "t",
    name: "n",
  });
  await expect(cell.load()).rejects.toThrow("no such table");
  await expect(cell.save(new Uint8Array(), undefined)).rejects.toThrow("no such table");
});
