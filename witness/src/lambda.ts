/** A witness on AWS Lambda: behind a function URL or an HTTP API, and behind a rule of AWS IoT that brings MQTT messages. @packageDocumentation */
import { asLambda, type LambdaAnswer, type LambdaEvent } from "@systole/sdk/http";

/** What a node publishes: a signed call, as text. The rule selects it whole: `SELECT * FROM 'systole/witness/ask'`. */
export interface WitnessMessage {
  /** Path and query, as they were signed. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LambdaWitnessInit {
  readonly handler: (request: Request) => Promise<Response>;
  /** Publishes the answer to a message, e.g. by `IoTDataPlaneClient`. Default: it is only returned. */
  readonly publish?: (topic: string, payload: string) => Promise<void>;
}

/** The topic to which the answer to a call goes; undefined for names that are none. */
export function answerTopic(cluster: string, id: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(cluster) || !/^[0-9a-f-]{36}$/.test(id)) return undefined;
  return `systole/witness/answer/${cluster}/${id}`;
}

/** What a runtime of AWS Lambda calls. Throws for an event of any other kind, which Lambda counts as an error. */
export function lambdaWitness({
  handler,
  publish,
}: LambdaWitnessInit): (event: LambdaEvent | WitnessMessage) => Promise<LambdaAnswer> {
  const answer = asLambda(handler);
  return async (event) => {
    if ("requestContext" in event) return answer(event);
    if (!isMessage(event))
      throw new TypeError("this event is neither an HTTP request nor a question to a witness");
    const answered = await answer(requestEvent(event));
    const topic = answerTopic(event.headers["systole-key"] ?? "", event.headers["systole-id"] ?? "");
    // A stranger gets no answer: what he says is not even known to be his topic.
    const isSigned = "systole-signature" in answered.headers;
    if (topic !== undefined && isSigned) await publish?.(topic, JSON.stringify(answered));
    return answered;
  };
}

function isMessage(event: Readonly<Record<string, unknown>> | WitnessMessage): event is WitnessMessage {
  const { path, headers, body } = event;
  if (typeof path !== "string" || !path.startsWith("/") || typeof body !== "string") return false;
  if (typeof headers !== "object" || headers === null) return false;
  return Object.values(headers).every((value) => typeof value === "string");
}

function requestEvent({ path, headers, body }: WitnessMessage): LambdaEvent {
  const query = path.indexOf("?");
  const rawPath = query < 0 ? path : path.slice(0, query);
  const rawQueryString = query < 0 ? "" : path.slice(query + 1);
  const requestContext = { http: { method: "POST" } };
  return { rawPath, rawQueryString, headers, body, isBase64Encoded: false, requestContext };
}
