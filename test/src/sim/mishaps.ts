// What may happen to a simulated cluster, one mishap at a time, as a seed decides.
import type { GroupSpec } from "@systole/core/ports";
import type { SimulatedCluster } from "./simulated-cluster.js";

export const GROUPS: readonly GroupSpec[] = [
  {
    key: "one",
    home: "master",
    resources: [
      { name: "one", agent: "ipaddr" },
      { name: "web", agent: "nginx", rules: { monitorEveryMs: 1000, failureTimeoutMs: 10_000 } },
    ],
  },
  { key: "two", home: "cluster1", resources: [{ name: "two", agent: "ipaddr", tellsElsewhere: true }] },
];

export function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function serviceMishaps(cluster: SimulatedCluster, name: string): readonly (() => void)[] {
  const alive = cluster.nodes.get(name)?.alive === true;
  return [
    () => alive && cluster.crash(name, "web"),
    () => alive && cluster.crash(name, "one"),
    () => void cluster.failures.set(`${name} web status`, { ok: false, kind: "timeout", reason: "hangs" }),
  ];
}

export function mishap(cluster: SimulatedCluster, next: () => number): void {
  const name = cluster.names[Math.floor(next() * cluster.names.length)] ?? "";
  const other = cluster.names.find((candidate) => candidate !== name) ?? "";
  const node = cluster.nodes.get(name);
  const actions: readonly (() => void)[] = [
    () => cluster.cut(name, other),
    () => void cluster.cuts.add(`${name}>${other}`),
    () => cluster.heal(),
    () => cluster.heal(),
    () => node?.alive === true && cluster.freeze(name),
    () => node?.frozen === true && cluster.thaw(name),
    () => node?.alive === true && cluster.kill(name, next() < 0.5),
    () => node?.alive === false && cluster.start(name),
    () => node?.alive === true && cluster.stop(name),
    () => node?.alive === true && cluster.request(name, "standby"),
    () => node?.alive === true && cluster.request(name, "takeover", "local"),
    () => (cluster.loss = next() < 0.5 ? 0 : 0.3),
    () => void cluster.failures.set(`${name} web start`, { ok: false, kind: "error", reason: "broken" }),
    () => cluster.failures.clear(),
    ...serviceMishaps(cluster, name),
  ];
  actions[Math.floor(next() * actions.length)]?.();
}
