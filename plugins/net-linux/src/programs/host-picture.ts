// One look at all interfaces and addresses.
import { spawnSync } from "node:child_process";
import { SystoleError, type NetworkInterface } from "@systole/sdk";
import { checkInterfaceName } from "../address-spec.js";
import { interfaceNotFound } from "../network-errors.js";
import { parseAddressShow, type HostPicture } from "./ip-json.js";
import { programEnvironment, programMissing, runProgram } from "./run-program.js";

const SHOW = ["-json", "address", "show"] as const;
const TIMEOUT_MS = 5000;

/** Throws `NETWORK_UNSUPPORTED`. */
export async function lookAtHost(signal?: AbortSignal): Promise<HostPicture> {
  const result = await runProgram("ip", SHOW, signal);
  if (result.exitCode !== 0) throw refused(result.complaint);
  return parseAddressShow(result.stdout);
}

/** The same without giving way to anything else (a few milliseconds): what changes from here on is not missed. */
export function lookAtHostNow(): HostPicture {
  const result = spawnSync("ip", SHOW, { env: programEnvironment(), timeout: TIMEOUT_MS, encoding: "utf8" });
  if (result.error !== undefined && "code" in result.error && result.error.code === "ENOENT") {
    throw programMissing("ip");
  }
  if (result.status !== 0) throw refused(result.stderr);
  return parseAddressShow(result.stdout);
}

/** Throws `INTERFACE_NOT_FOUND`. */
export async function findInterface(name: string): Promise<NetworkInterface> {
  checkInterfaceName(name);
  const { interfaces } = await lookAtHost();
  const found = interfaces.find((one) => one.name === name);
  if (found === undefined) throw interfaceNotFound(name);
  return found;
}

function refused(complaint: string): SystoleError {
  return new SystoleError("NETWORK_UNSUPPORTED", `ip address show failed: ${complaint}`);
}
