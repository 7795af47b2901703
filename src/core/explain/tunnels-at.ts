/** The tunnels that were seen at each place: what carries an inner leg there. */
import type { Report } from "../report/report.ts";
import { columnsOf } from "../report/report-columns.ts";

export interface TunnelsAt {
  /** UDP ports of the tunnels' responders. */
  readonly ports: ReadonlySet<number | null>;
  /** Kind of the tunnel around the first of them that stood in another one. */
  readonly around?: string;
}

/** By vantage point. The connections are walked when somebody asks for the first time, and only tunnels are made. */
export function tunnelsAt(report: Report): (vantagePoint: string) => TunnelsAt {
  let places: ReadonlyMap<string, TunnelsAt> | undefined;
  return (vantagePoint) => {
    places ??= walkTunnels(report);
    return places.get(vantagePoint) ?? NO_TUNNELS;
  };
}

const NO_TUNNELS: TunnelsAt = { ports: new Set() };

function walkTunnels(report: Report): ReadonlyMap<string, TunnelsAt> {
  const places = new Map<string, { ports: Set<number | null>; around?: string }>();
  const columns = columnsOf(report);
  for (let index = 0; index < columns.length; index++) {
    if (columns.class(index) !== "overlay-tunnel") continue;
    const tunnel = report.connections.at(index);
    if (tunnel?.protocol !== "udp") continue;
    for (const { vantagePoint, encapsulation } of tunnel.observations) {
      const place = places.get(vantagePoint) ?? { ports: new Set() };
      places.set(vantagePoint, place);
      place.ports.add(tunnel.resp.port);
      if (place.around === undefined && encapsulation !== undefined)
        place.around = encapsulation.kind;
    }
  }
  return places;
}
