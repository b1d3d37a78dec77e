// Signature Version 4 as AWS documents it, on the side that verifies.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** Undefined when it is signed by these credentials; else the code of EC2's refusal. */
export function signatureProblem(request: Request, body: string, of: Credentials): string | undefined {
  const match = AUTHORIZATION.exec(request.headers.get("authorization") ?? "");
  if (match === null) return "MissingAuthenticationToken";
  const [, keyId = "", day = "", region = "", service = "", names = "", signature = ""] = match;
  if (keyId !== of.accessKeyId || region !== of.region || service !== of.service) return "AuthFailure";
  const date = request.headers.get("x-amz-date") ?? "";
  const { pathname, search } = new URL(request.url);
  const headers = names.split(";").map((name) => `${name}:${(request.headers.get(name) ?? "").trim()}\n`);
  const canonical = [request.method, pathname, search.slice(1), headers.join(""), names, sha256(body)];
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical.join("\n"))].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${of.secretAccessKey}`,
  );
  const right = hmac(key, toSign);
  return timingSafeEqual(right, Buffer.from(signature, "hex")) ? undefined : "SignatureDoesNotMatch";
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
