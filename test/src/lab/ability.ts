// Finds out, before anything is made, whether this machine lets us make hosts as namespaces, and as whom.
import { spawnSync } from "node:child_process";
import { hostEnvironment } from "./environment.js";

/** How the lab's namespaces can be made here. `missing` says, one line each, what an administrator would have to change. */
export type LabAbility =
  | { readonly kind: "root" }
  | { readonly kind: "user-namespace" }
  | { readonly kind: "impossible"; readonly missing: readonly string[] };

const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ["bash", "bash"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["mount", "mount"],
  ["ip", "iproute2"],
  ["nginx", "nginx"],
];

/** The flags that give one host its own mounts, network, name and process numbers. */
export const HOST_NAMESPACES = ["--mount", "--net", "--uts", "--pid"] as const;

const TRIAL = "ip link add name trial type bridge && mount --bind /tmp /tmp";

/** Tries, as the lab itself would. Takes about 50 ms; makes nothing that stays. */
export function labAbility(): LabAbility {
  const absent = PROGRAMS.filter(([program]) => !hasProgram(program));
  if (absent.length > 0) {
    return {
      kind: "impossible",
      missing: absent.map(([program, pkg]) => `the program ${program} (apt-get install ${pkg})`),
    };
  }
  const isRoot = process.getuid?.() === 0;
  const asRoot = isRoot ? tryNamespaces([]) : "this user is not root";
  if (asRoot === undefined) return { kind: "root" };
  const asUser = tryNamespaces(["--user", "--map-root-user"]);
  if (asUser === undefined) return { kind: "user-namespace" };
  return {
    kind: "impossible",
    missing: [
      `namespaces as root: ${asRoot}`,
      `namespaces as a plain user: ${asUser}`,
      "run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 (older Debian), " +
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); in a container: --privileged",
    ],
  };
}

export function hasProgram(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`], { env: hostEnvironment() }).status === 0;
}

/** Undefined when it works, else what the kernel said. */
function tryNamespaces(userFlags: readonly string[]): string | undefined {
  const flags = [...userFlags, ...HOST_NAMESPACES, "--fork", "--kill-child", "--mount-proc"];
  const result = spawnSync("unshare", [...flags, "sh", "-c", TRIAL], {
    env: hostEnvironment(),
    encoding: "utf8",
    timeout: 10_000,
  });
  if (result.status === 0) return undefined;
  return result.stderr.trim() || result.error?.message || `exit status ${String(result.status)}`;
}
