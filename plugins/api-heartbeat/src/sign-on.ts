// Whether a client may sign on, and the answer to it, which also says how this node is set up. Pure.
import { textField, type Field, type Message } from "@systole/sdk";
import { refusal, type AccessTables } from "./access.js";
import { answer, text } from "./answers.js";
import type { ApiConfig } from "./config.js";
import { facilityNumber } from "./log-facility.js";
import type { Credentials } from "./peer-credentials.js";

export interface SignOn {
  readonly id: string;
  readonly casual: boolean;
  /** Why not, in heartbeat's words; undefined when it may. */
  readonly refused: string | undefined;
}

/** `isTaken` says whether a name is in use. The kernel says who the client is; what it says of itself does not count. */
export function judgeSignOn(
  message: Message,
  credentials: Credentials,
  tables: AccessTables,
  isTaken: (name: string) => boolean,
): SignOn {
  const name = textField(message, "from_id");
  const ownPid = textField(message, "pid") ?? String(credentials.pid);
  const casual = name === undefined || name === "" || name === ownPid;
  const id = casual ? ownPid : name;
  const refused = casual
    ? refusal(undefined, credentials, tables)
    : isTaken(id)
      ? "client already registered"
      : refusal(id, credentials, tables);
  return { id, casual, refused };
}

export function signOnAnswer(self: string, config: ApiConfig, refused: string | undefined): Message {
  const verdict: readonly Field[] =
    refused === undefined ? [text("result", "OK")] : [text("info", refused), text("result", "badreq")];
  return answer("signon", [
    ...verdict,
    text("deadtime", config.deadMs.toString(16)),
    text("keepalive", config.keepaliveMs.toString(16)),
    text("node", self),
    text("hbversion", config.parameters["hbversion"] ?? "3.0.6 (systole)"),
    text("pacemaker", "false"),
    text("logfacility", String(facilityNumber(config.parameters["logfacility"]))),
  ]);
}
