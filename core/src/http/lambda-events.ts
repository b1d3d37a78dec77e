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

/** `handler` as what a runtime of AWS Lambda calls. Answers are text. */
export function asLambda(
  handler: (request: Request) => Promise<Response>,
): (event: LambdaEvent) => Promise<LambdaAnswer> {
  return async (event) => {
    const response = await handler(requestOf(event));
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
}

function requestOf(event: LambdaEvent): Request {
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
