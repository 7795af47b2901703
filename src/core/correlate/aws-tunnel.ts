/** Tunnels that the VPC itself makes; the packets inside went their way without them. */

export type AwsTunnelService = "traffic-mirroring" | "gateway-load-balancer";

/**
 * Copies that VPC Traffic Mirroring makes of one ENI's packets for one target, or the packets that a Gateway Load Balancer hands
 * to one appliance and takes back.
 */
export interface AwsTunnel {
  readonly service: AwsTunnelService;
  readonly kind: "vxlan" | "geneve";
  /** Mirroring: primary address of the mirrored ENI, null when several share a VNI. Else: the load balancer's ENI. */
  readonly source: string | null;
  /** Address of the mirror target or of the appliance. */
  readonly target: string;
  /** Identifiers of the sessions, ascending. */
  readonly vnis: readonly number[];
  readonly certainty: "proven" | "inferred";
  /** One sentence on what tells. */
  readonly because: string;
}

export function awsServiceName(service: AwsTunnelService): string {
  return service === "traffic-mirroring" ? "VPC Traffic Mirroring" : "a Gateway Load Balancer";
}

const MAX_VNIS_SHOWN = 4;

/** "VNI 7", "VNI 7, 8, 9, 10 and 2 more"; empty when none is known. */
export function vniText({ vnis }: AwsTunnel): string {
  if (vnis.length === 0) return "";
  const more = vnis.length - MAX_VNIS_SHOWN;
  return `VNI ${vnis.slice(0, MAX_VNIS_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
