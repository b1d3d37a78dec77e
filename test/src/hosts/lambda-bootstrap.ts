// What stands between AWS Lambda's Runtime API and a handler: the loop that AWS documents for custom runtimes, in the function's process.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Handler = (event: unknown, context: Readonly<Record<string, unknown>>) => unknown;

const API = `http://${process.env["AWS_LAMBDA_RUNTIME_API"] ?? ""}/2018-06-01/runtime`;

async function post(path: string, body: unknown, errorType?: string): Promise<void> {
  const headers = errorType === undefined ? {} : { "Lambda-Runtime-Function-Error-Type": errorType };
  // An answer is a document of JSON even when the handler returned nothing.
  await fetch(`${API}${path}`, { method: "POST", headers, body: JSON.stringify(body ?? null) });
}

function told(error: unknown): { errorMessage: string; errorType: string; stackTrace: string[] } {
  if (!(error instanceof Error)) return { errorMessage: String(error), errorType: "Error", stackTrace: [] };
  return {
    errorMessage: error.message,
    errorType: error.name,
    stackTrace: (error.stack ?? "").split("\n").slice(1),
  };
}

async function load(): Promise<Handler> {
  const [file = "", ...names] = (process.env["_HANDLER"] ?? "").split(".");
  const path = join(process.env["LAMBDA_TASK_ROOT"] ?? ".", `${file}.mjs`);
  const module: unknown = await import(pathToFileURL(path).href);
  // As the runtime for Node does it: a path into what the file exports.
  const handler = names.reduce<unknown>(
    (within, name) => (within as Readonly<Record<string, unknown>> | undefined)?.[name],
    module,
  );
  if (typeof handler !== "function") throw new Error(`${file} does not export a function ${names.join(".")}`);
  return handler as Handler;
}

async function main(): Promise<void> {
  let handler: Handler;
  try {
    handler = await load();
  } catch (error) {
    await post("/init/error", told(error), "Runtime.HandlerNotFound");
    process.exitCode = 1;
    return;
  }
  for (;;) {
    const next = await fetch(`${API}/invocation/next`);
    const id = next.headers.get("lambda-runtime-aws-request-id") ?? "";
    const deadlineMs = Number(next.headers.get("lambda-runtime-deadline-ms"));
    const context = {
      awsRequestId: id,
      invokedFunctionArn: next.headers.get("lambda-runtime-invoked-function-arn"),
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    };
    try {
      await post(`/invocation/${id}/response`, await handler(await next.json(), context));
    } catch (error) {
      await post(`/invocation/${id}/error`, told(error), `Function.${told(error).errorType}`);
    }
  }
}

await main();
