// The programs that a lab of network namespaces needs, and how a Debian machine gets them without a service being started.
import { existsSync, readFileSync } from "node:fs";

/** Program → Debian package. */
const PACKAGES = {
  nginx: "nginx",
  ip: "iproute2",
  arping: "iputils-arping",
  ping: "iputils-ping",
  iptables: "iptables",
  tcpdump: "tcpdump",
  unshare: "util-linux",
};
/** What the tests beside the real heartbeat, and with the agents of others, need more. */
const INTEROP_PACKAGES = {
  "/usr/libexec/heartbeat/heartbeat": "heartbeat",
  "/sbin/ifconfig": "net-tools",
  "/usr/lib/ocf/resource.d/heartbeat/Dummy": "resource-agents",
  "/usr/sbin/apache2": "apache2-bin",
  "/usr/sbin/stonith": "cluster-glue",
  "/usr/sbin/fence_dummy": "fence-agents",
  "/usr/sbin/crm_simulate": "pacemaker-cli-utils",
  curl: "curl",
  modprobe: "kmod",
  faketime: "faketime",
};
/** A broker of MQTT, and what makes certificates for it. */
const BROKER_PACKAGES = { mosquitto: "mosquitto", openssl: "openssl" };
/** Where a witness may keep its leases. */
const WITNESS_PACKAGES = { etcd: "etcd-server" };
/** What the table of docs/safety.md compares with, besides heartbeat. */
const COMPARISON_PACKAGES = { keepalived: "keepalived" };
const SYSTEM_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];
/** What Debian starts when its package is installed, by package and program, and where each says its pid. */
const SERVICES = [
  { name: "nginx", pidFile: "/run/nginx.pid" },
  { name: "mosquitto", pidFile: "/run/mosquitto/mosquitto.pid" },
  { name: "etcd", packageName: "etcd-server", pidFile: "/run/etcd.pid" },
];

function missingPrograms(packages) {
  const path = process.env.PATH === undefined ? [] : process.env.PATH.split(":");
  const directories = [...path, ...SYSTEM_DIRECTORIES].filter((directory) => directory !== "");
  return Object.keys(packages).filter(
    (program) => !["", ...directories].some((directory) => existsSync(`${directory}/${program}`)),
  );
}

/** Installs what is missing where it may. Returns a sentence about what is still missing, or undefined when nothing is. */
export function prepareLab({ run, say, interop = false, broker = interop, comparison = false }) {
  const wanted = {
    ...PACKAGES,
    ...(interop ? { ...INTEROP_PACKAGES, ...WITNESS_PACKAGES } : {}),
    ...(broker ? BROKER_PACKAGES : {}),
    ...(comparison ? COMPARISON_PACKAGES : {}),
  };
  const missing = missingPrograms(wanted);
  if (missing.length === 0) return undefined;
  const packages = missing.map((program) => wanted[program]);
  const debian = existsSync("/usr/bin/apt-get");
  if (!debian)
    return `the lab needs ${missing.join(", ")}: install them with this system's package manager (Debian calls them ${packages.join(" ")}).`;
  const command = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid() !== 0) return `the lab needs ${missing.join(", ")}. As root: ${command}`;
  say(`installing Debian packages: ${packages.join(" ")} …`);
  const trouble = install(packages, run, say);
  const left = missingPrograms(wanted);
  if (left.length === 0) return undefined;
  return `the lab needs ${left.join(", ")}, and installing failed. By hand: ${command}${trouble}`;
}

/** Trouble is data here: what counts is whether the programs are there afterwards. */
function install(packages, run, say) {
  const keepStopped = SERVICES.filter(({ name, packageName = name }) => packages.includes(packageName)).map(
    (service) => keepServiceStopped(service, run, say),
  );
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const apt = (args) => run("apt-get", "apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], env);
  let trouble = "";
  const attempt = (work) => {
    try {
      work();
    } catch (error) {
      trouble += `\n${error.message}`;
    }
  };
  attempt(() => apt(["update"]));
  attempt(() => apt(["install", "-y", "--no-install-recommends", ...packages]));
  for (const keep of keepStopped) attempt(keep);
  if (trouble === "") say("Debian packages installed");
  return trouble;
}

/**
 * Debian starts a service when its package is installed. Here nginx belongs to the cluster, mosquitto and etcd to the tests: they must
 * neither run now nor start at boot. Returns what has to be done after the installation.
 */
function keepServiceStopped(service, run, say) {
  const before = servicePid(service);
  if (existsSync("/run/systemd/system")) {
    run("systemctl", "systemctl", ["mask", "--runtime", `${service.name}.service`]);
    return () => {
      run("systemctl", "systemctl", ["unmask", "--runtime", `${service.name}.service`]);
      run("systemctl", "systemctl", ["disable", `${service.name}.service`]);
    };
  }
  return () => {
    const after = servicePid(service);
    if (after === undefined || after === before) return;
    process.kill(after, "SIGTERM");
    say(`the ${service.name} that Debian's package started was stopped again`);
  };
}

/** The system's own one, not one of a lab: the process that the package's pid file names, while it lives. */
function servicePid({ name, pidFile }) {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, "utf8").trim());
  if (!Number.isInteger(pid) || pid < 2 || !existsSync(`/proc/${pid}/comm`)) return undefined;
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name ? pid : undefined;
}
