// Liveness: what must be so once a cluster is left in peace.
import type { SimulatedCluster } from "../cluster.js";

/** Everything that is not well; empty when it is. */
export function unrest(cluster: SimulatedCluster): readonly string[] {
  const nodes = [...cluster.nodes.values()];
  const dead = nodes.filter(({ alive }) => !alive).map(({ name }) => `${name} is down`);
  if (dead.length > 0) return dead;
  return [...unserved(cluster), ...disagreements(cluster), ...unstable(cluster)];
}

function unserved(cluster: SimulatedCluster): readonly string[] {
  return cluster.plan.groups.flatMap(({ key, resources }) => {
    const places = new Set(resources.map(({ name }) => cluster.holders(name).join("+") || "nobody"));
    const [place = "nobody", ...others] = places;
    const once = others.length === 0 && place !== "nobody" && !place.includes("+");
    return once ? [] : [`${key} is served by ${[...places].join(", ")}`];
  });
}

function disagreements(cluster: SimulatedCluster): readonly string[] {
  const owners = cluster.names.map((name) =>
    cluster
      .view(name)
      .groups.map(({ key, owner }) => `${key} on ${owner ?? "nobody"}`)
      .join(", "),
  );
  const [first, ...others] = owners;
  if (others.some((owner) => owner !== first)) return [`the nodes disagree: ${owners.join(" / ")}`];
  const held = cluster.plan.groups.map(({ key, resources }) => {
    return `${key} on ${cluster.holders(resources[0]?.name).join("+") || "nobody"}`;
  });
  return held.join(", ") === first
    ? []
    : [`they believe ${first ?? "nothing"}, and it is ${held.join(", ")}`];
}

function unstable(cluster: SimulatedCluster): readonly string[] {
  return cluster.names.flatMap((name) => {
    const { stable, why, fencing = [] } = cluster.view(name);
    const left = fencing.map(({ node }) => `${name} still has to fence ${node}`);
    return stable ? left : [`${name} is not stable: ${String(why)}`, ...left];
  });
}
