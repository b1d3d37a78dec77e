// The witness on AWS Lambda, its leases in DynamoDB: what template.yaml deploys, behind a function URL and a rule of AWS IoT.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { keysFrom, witness } from "@systole/witness";
import { DynamoLeases } from "@systole/witness/dynamodb";
import { lambdaWitness } from "@systole/witness/lambda";

const {
  SYSTOLE_WITNESS_SECRET = "",
  SYSTOLE_WITNESS_TABLE = "",
  SYSTOLE_WITNESS_LONGEST_TTL_MS = "60000",
} = process.env;

export const handler = lambdaWitness({
  handler: witness({
    store: new DynamoLeases({ client: new DynamoDBClient({}), table: SYSTOLE_WITNESS_TABLE }),
    keyOf: keysFrom(SYSTOLE_WITNESS_SECRET),
    longestTtlMs: Number(SYSTOLE_WITNESS_LONGEST_TTL_MS),
  }),
});
