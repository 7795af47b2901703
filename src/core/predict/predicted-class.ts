/** The path class that the ends of a predicted path and its rewrites give. */
import type { Owner, OwnerIndex } from "../cluster/owner.ts";
import type { PredictedClass, PredictedStage, PredictPacket } from "./predicted-path.ts";

/** Null when who the ends are does not tell it (load balancers, the control plane, unlisted addresses). */
export function predictedClass(
  packet: PredictPacket,
  stages: readonly PredictedStage[],
  owners: OwnerIndex,
): PredictedClass | null {
  const last = stages.at(-1);
  if (last === undefined) return null;
  const orig = owners.resolve(packet.source.address);
  const dialled = owners.resolve(packet.destination.address);
  const resp = owners.resolve(last.after.destination.address);
  const rewrites = stages.flatMap((stage) => stage.nat);
  return classOf(orig, dialled, resp, {
    dnat: rewrites.some((one) => one.kind === "dnat"),
    snat: rewrites.some((one) => one.kind === "snat"),
  });
}

export function classOf(
  orig: Owner,
  dialled: Owner,
  resp: Owner,
  { dnat, snat }: { readonly dnat: boolean; readonly snat: boolean },
): PredictedClass | null {
  if (dialled.kind === "link-local") return "link-local";
  if (dialled.kind === "service") return "service-clusterip";
  if (dialled.kind === "node" && dnat && orig.kind === "pod") return "nodeport";
  if (orig.kind === "pod") return ofPod(resp, dnat, snat);
  return orig.kind === "node" && !dnat ? ofNode(resp) : null;
}

function ofPod(resp: Owner, dnat: boolean, snat: boolean): PredictedClass | null {
  switch (resp.kind) {
    case "pod":
      return dnat || snat ? "pod-to-pod-nat" : "pod-to-pod-direct";
    case "node":
      return "pod-to-node";
    case "external":
      return snat ? "snat-egress" : "direct-egress";
    case "peer":
      return snat ? "snat-egress" : "pod-to-peer";
    case "vpc":
    case "aws-interface":
      return snat ? "snat-egress" : "pod-to-vpc";
    default:
      return null;
  }
}

function ofNode(resp: Owner): PredictedClass | null {
  switch (resp.kind) {
    case "pod":
      return "node-to-pod";
    case "node":
      return "node-to-node";
    case "external":
      return "node-egress";
    case "vpc":
      return "node-to-vpc";
    default:
      return null;
  }
}
