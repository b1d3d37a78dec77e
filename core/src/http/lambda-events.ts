// Function URLs and HTTP APIs of AWS Lambda speak in events; a handler speaks in requests. What it needs of an event, and back.

/** The part of an event of payload format 2.0 (a function URL, an API Gateway HTTP API) that is used. */
export interface LambdaEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `handler` as what a runtime of AWS Lambda calls. Answers are text; what is no request, as a `TRACE`, is answered with 400. */
export function asLambda(
  handler: (request: Request) => Promise<Response>,
): (event: LambdaEvent) => Promise<LambdaAnswer> {
  return async (event) => {
    const request = requestOf(event);
    if (request === undefined) return { statusCode: 400, headers: {}, body: "" };
    const response = await handler(request);
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
}

/** Undefined when a stranger has sent what no `Request` can be: a method, a header or base64 that is none. */
function requestOf(event: LambdaEvent): Request | undefined {
  try {
    return requestIn(event);
  } catch {
    return undefined;
  }
}

function requestIn(event: LambdaEvent): Request {
  const { method } = event.requestContext.http;
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const headers = Object.entries(event.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] satisfies [string, string]],
  );
  const hasBody = method !== "GET" && method !== "HEAD" && event.body !== undefined;
  return new Request(`https://function.invalid${event.rawPath}${query}`, {
    method,
    headers,
    ...(hasBody && { body: bytesOf(event) }),
  });
}

function bytesOf({ body = "", isBase64Encoded }: LambdaEvent): Uint8Array<ArrayBuffer> {
  return isBase64Encoded
    ? Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
    : new Uint8Array(new TextEncoder().encode(body));
}
