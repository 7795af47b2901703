/** Connections in; out comes one verdict each, and the findings over all of them. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { ClockOffset } from "../correlate/clock-offset.ts";
import type { Connection } from "../correlate/connection.ts";
import type { LoneConnections } from "../correlate/lone-connections.ts";
import { pathPredictor } from "../predict/predict-path.ts";
import type { Sequence } from "../sequence.ts";
import { AddressBook } from "./address-book.ts";
import { ClassifiedList, type LoneParts } from "./classified-list.ts";
import type { ConnectionColumns } from "./connection-columns.ts";
import { expectedPath } from "./expected-path.ts";
import { explainNat } from "./explain-nat.ts";
import { LoneProfiles } from "./lone-profiles.ts";
import { LoneSight } from "./lone-sight.ts";
import type { Members } from "./members.ts";
import { verdictOn } from "./path-verdict.ts";
import type {
  CaptureFacts,
  Classified,
  FindingMatch,
  FindingRule,
  Question,
  RuleContext,
} from "./rule.ts";
import { FINDING_RULES } from "./rule-list.ts";
import { makeSubject } from "./subject.ts";
import type { Concern } from "./traits.ts";
import { WorkloadKeys } from "./workload-keys.ts";

export interface Classification {
  /** `.at(i)` is about the connection with the index i. */
  readonly classified: Sequence<Classified>;
  readonly columns: ConnectionColumns;
  /** Connections by what is known of them. */
  having(concern: Concern): Members;
  readonly findings: readonly { readonly rule: FindingRule; readonly match: FindingMatch }[];
}

/** What is known besides connections and owners; what is left out is taken as unknown. */
export interface Surroundings {
  readonly clockOffsets?: readonly ClockOffset[];
  readonly question?: Question;
  readonly captures?: readonly CaptureFacts[];
  /** Connections that are still numbers. */
  readonly lone?: LoneConnections | null;
}

const NO_QUESTION: Question = { pods: [], vantagePoints: [], everyCapturePlaced: true };

export function classify(
  connections: Sequence<Connection>,
  snapshot: ClusterSnapshot,
  owners: OwnerIndex,
  surroundings: Surroundings = {},
): Classification {
  const { clockOffsets = [], question = NO_QUESTION, captures = [], lone = null } = surroundings;
  const predictor = pathPredictor(snapshot, owners);
  const context: RuleContext = {
    snapshot,
    owners,
    hasSnapshot: snapshot.sources.length > 0,
    connections,
    clockOffsets,
    question,
    captures,
    having: (concern) => classified.having(concern),
  };
  const judge = (connection: Connection): Classified => {
    const subject = makeSubject(connection, owners);
    const verdict = verdictOn(subject, context);
    return {
      subject,
      verdict,
      expected: expectedPath(subject, verdict, predictor),
      natRules: connection.nat.map((step) => explainNat(step, connection, predictor.rulesOf)),
    };
  };
  const workloads = new WorkloadKeys();
  const parts = lone === null ? null : loneParts(lone, owners, snapshot, workloads);
  const classified = new ClassifiedList(connections, judge, parts, workloads);
  const findings = FINDING_RULES.flatMap((rule) =>
    rule.find(classified.having(rule.concerns), context).map((match) => ({ rule, match })),
  );
  return { classified, columns: classified.columns, having: context.having, findings };
}

function loneParts(
  lone: LoneConnections,
  owners: OwnerIndex,
  snapshot: ClusterSnapshot,
  workloads: WorkloadKeys,
): LoneParts {
  const book = new AddressBook(lone.rows, owners, snapshot);
  return {
    lone,
    profiles: new LoneProfiles(lone, book, knownPorts(snapshot)),
    sight: new LoneSight(lone, book, workloads),
  };
}

/** Ports by which path rules tell services and targets. */
function knownPorts({ services, targets }: ClusterSnapshot): Set<number> {
  const ports = new Set<number>();
  for (const { healthCheckNodePort, ports: ofService } of services) {
    if (healthCheckNodePort !== undefined) ports.add(healthCheckNodePort);
    for (const { nodePort } of ofService) if (nodePort !== undefined) ports.add(nodePort);
  }
  for (const { port } of targets) if (port !== null) ports.add(port);
  return ports;
}
