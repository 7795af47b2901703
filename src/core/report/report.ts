/** The report, `podpath.report/1`: what every renderer, the gate and other programs read. Types come from the schema. */
import type { z } from "zod";
import type { Sequence } from "../sequence.ts";
import type * as ofConnection from "./connection-schema.ts";
import type { evidence } from "./evidence-schema.ts";
import type { keyPacket } from "./key-packet-schema.ts";
import type { link } from "./link-schema.ts";
import type { ReportColumns } from "./report-columns.ts";
import type * as schema from "./report-schema.ts";

/** As the schema has it, but for lists of connections: there may be millions, each made when somebody asks for it. */
export type Report = Omit<z.infer<typeof schema.report>, "connections" | "findings"> & {
  readonly connections: ReportConnections;
  readonly findings: readonly ReportFinding[];
};

/** An array is one: a report that was read from JSON or made by hand. */
export interface ReportConnections extends Sequence<ReportConnection> {
  /** `columnsOf(report)` gives them of every report. */
  readonly columns?: ReportColumns;
}

export type ReportInput = z.infer<typeof schema.input>;
export type ReportCapture = z.infer<typeof schema.capture>;
export type ReportVantagePoint = z.infer<typeof schema.vantagePoint>;
export type ReportSnapshot = z.infer<typeof schema.snapshot>;
export type ReportConnection = z.infer<typeof ofConnection.connection>;
export type ReportParty = z.infer<typeof ofConnection.party>;
export type ReportObservation = z.infer<typeof ofConnection.observation>;
export type ReportKeyPacket = z.infer<typeof keyPacket>;
export type ReportNatStep = z.infer<typeof ofConnection.natStep>;
export type ReportEvidence = z.infer<typeof evidence>;
export type ReportLink = z.infer<typeof link>;
export type ReportSpread = NonNullable<Report["distribution"]>[number];
export type ReportFinding = Omit<z.infer<typeof schema.finding>, "connections"> & {
  /** Ids, by first packet. */
  readonly connections: Sequence<string>;
};
export type ReportDiagnostic = z.infer<typeof schema.diagnostic>;
