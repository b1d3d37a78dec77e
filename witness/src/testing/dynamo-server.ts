// DynamoDB as dynalite plays it, on the loopback interface, with the official client and a table of leases.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

export const TABLE = "leases";

export interface DynamoServer {
  readonly url: string;
  client(): DynamoDBClient;
  close(): Promise<void>;
}

export async function startDynamo(): Promise<DynamoServer> {
  // That newer versions of the client want a newer Node is nothing that a test can change.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const server = dynalite({ createTableMs: 0 }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: DynamoDBClient[] = [];
  const client = (): DynamoDBClient => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const made = new DynamoDBClient({ endpoint: url, region: "eu-central-1", credentials });
    clients.push(made);
    return made;
  };
  const admin = client();
  await admin.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: "cluster", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "cluster", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  const describe = new DescribeTableCommand({ TableName: TABLE });
  while ((await admin.send(describe)).Table?.TableStatus !== "ACTIVE")
    await new Promise((resolve) => setTimeout(resolve, 5));
  return {
    url,
    client,
    close: async () => {
      for (const made of clients) made.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
