/** The part of the hand-made Analysis that tells how connections spread over targets. */
import type { Spread } from "../../src/core/classify/spread.ts";
import type { Owner } from "../../src/core/cluster/owner.ts";

/** An NLB with two targets, one of which gets checks only, and three without anything; a service whose pod nobody saw. */
export function richSpreads(api: Owner, web: Owner): readonly Spread[] {
  const none = { connections: 0, healthChecks: 0, packets: 0, bytes: 0 };
  const nobody = { instanceId: null, owner: null, state: null, watched: false };
  return [
    {
      kind: "load-balancer",
      name: "k8s-shop-api-1a2b3c",
      targets: [
        {
          address: "192.168.2.9",
          port: 8080,
          owner: api,
          connections: 1,
          healthChecks: 3,
          packets: 16,
          bytes: 1184,
        },
        {
          ...none,
          address: "192.168.2.10",
          port: 8080,
          owner: { kind: "external" },
          healthChecks: 3,
        },
      ],
      unresolved: 0,
      neverReached: [
        { ...nobody, address: "192.168.1.145", port: 8080, owner: web, watched: true },
        { ...nobody, address: "192.168.9.9", port: 8080, state: "draining" },
        { ...nobody, address: null, port: 30080, instanceId: "i-0abc" },
      ],
    },
    { kind: "service", name: "shop/api", targets: [], unresolved: 2, neverReached: [] },
  ];
}
