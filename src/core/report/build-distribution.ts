/** How connections spread over targets, as the report shows it. */
import type { Spread, SpreadTarget, UnreachedTarget } from "../classify/spread.ts";
import type { Owner } from "../cluster/owner.ts";
import type { Report, ReportSpread } from "./report.ts";

export function buildDistribution(spreads: readonly Spread[]): Pick<Report, "distribution"> {
  return spreads.length === 0 ? {} : { distribution: spreads.map(buildSpread) };
}

function buildSpread({ kind, name, targets, unresolved, neverReached }: Spread): ReportSpread {
  return {
    kind,
    name,
    targets: targets.map(buildTarget),
    ...(unresolved === 0 ? {} : { unresolved }),
    neverReached: neverReached.map(buildUnreached),
  };
}

function buildTarget(target: SpreadTarget): ReportSpread["targets"][number] {
  const { address, port, owner, connections, healthChecks, packets, bytes } = target;
  return { address, port, ...whose(owner), connections, healthChecks, packets, bytes };
}

function buildUnreached(target: UnreachedTarget): ReportSpread["neverReached"][number] {
  const { address, port, instanceId, owner, state, watched } = target;
  return {
    ...(address === null ? {} : { address }),
    port,
    ...(instanceId === null ? {} : { instanceId }),
    ...(owner === null ? {} : whose(owner)),
    ...(state === null ? {} : { state }),
    watched,
  };
}

function whose({ namespace, name, node }: Owner): { name?: string; node?: string } {
  return {
    ...(name === undefined
      ? {}
      : { name: namespace === undefined ? name : `${namespace}/${name}` }),
    ...(node === undefined ? {} : { node }),
  };
}
