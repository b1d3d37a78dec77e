// A node on AWS Lambda: a function URL brings the other nodes' calls, a schedule brings time. The state is in a cell outside.
import { asLambda, type LambdaAnswer, type LambdaEvent } from "../http/index.js";
import { clusterFunction, type ClusterFunction, type ClusterFunctionInit } from "./cluster-function.js";

export { clusterFunction, type ClusterFunction, type ClusterFunctionInit } from "./cluster-function.js";
export type { FunctionGroup, FunctionNodeConfig, FunctionResource } from "./function-model.js";
export { DynamoCell, type DynamoCellInit } from "./dynamo-cell.js";
export { MemoryCell, type HeldState, type StateCell } from "../runtime/function/index.js";

export interface LambdaNodeInit extends Omit<ClusterFunctionInit, "runtime" | "wakeIn" | "finishesFirst"> {
  /**
   * How long an invocation by the schedule stays and does what becomes due meanwhile, while nothing else brings time. At most
   * what the function's time-out leaves. Default: 0.
   */
  readonly staysMs?: number;
}

/** Of an invocation's context, what is used. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Takes a function URL's events for calls, and every other event for the schedule's. */
export type LambdaNodeHandler = (
  event: LambdaEvent | Readonly<Record<string, unknown>>,
  context: LambdaContext,
) => Promise<LambdaAnswer | undefined>;

/** Left for the last save, and for what Lambda itself needs at the end of an invocation. */
const RESERVE_MS = 1000;

export function lambdaNode(init: LambdaNodeInit): LambdaNodeHandler {
  const node = clusterFunction({ ...init, runtime: "lambda", finishesFirst: true });
  const answer = asLambda((request) => node.fetch(request));
  return async (event, context) => {
    if (isCall(event)) return await answer(event);
    await node.alarm();
    await stayFor(node, context.getRemainingTimeInMillis() - RESERVE_MS, init.staysMs ?? 0);
    return undefined;
  };
}

async function stayFor(node: ClusterFunction, leftMs: number, staysMs: number): Promise<void> {
  const begunMs = performance.now();
  await node.stay(Math.min(staysMs, leftMs), true);
  await node.stay(leftMs - (performance.now() - begunMs));
}

function isCall(event: object): event is LambdaEvent {
  return "requestContext" in event && "rawPath" in event;
}
