/** What a snapshot file is: told by its content, never by its name. */
import type { DiagnosticKind } from "../diagnostics/diagnostic.ts";
import { MAX_SNAPSHOT_FILE_BYTES } from "../limits.ts";
import { describeForeignText } from "./foreign-text.ts";
import { isCniEnis } from "./from-vpc-cni.ts";
import { type JsonDocument, parseJsonDocuments, startsJson } from "./json-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { SnapshotKind } from "./snapshot.ts";
import {
  EMPTY_FILE,
  FILE_TOO_LARGE,
  FOREIGN_TEXT,
  JSON_SYNTAX,
  NOT_RECOGNISED,
  YAML_NOT_READ,
} from "./snapshot-diagnostics.ts";
import { type TextLine, textLines } from "./text-lines.ts";
import { isCniLogLine, type TextSection, textSections } from "./text-sections.ts";

export interface JsonPart {
  readonly kind: SnapshotKind;
  readonly document: JsonDocument;
}
export interface RecognitionProblem {
  readonly kind: DiagnosticKind;
  readonly line?: number;
  readonly message: string;
}
/** The parts of one file; a file may hold the output of several commands. No parts: not a snapshot file. */
export interface Recognition {
  readonly json: readonly JsonPart[];
  readonly text: readonly TextSection[];
  readonly problems: readonly RecognitionProblem[];
}

export function recognise(file: string, text: string): Recognition {
  if (text.length > MAX_SNAPSHOT_FILE_BYTES) {
    const message = `${file} has ${text.length} characters; at most ${MAX_SNAPSHOT_FILE_BYTES} are read`;
    return { json: [], text: [], problems: [{ kind: FILE_TOO_LARGE, message }] };
  }
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const firstLine = /\S.*/.exec(bare)?.[0];
  if (firstLine === undefined) {
    const message = `${file} is empty`;
    return { json: [], text: [], problems: [{ kind: EMPTY_FILE, message }] };
  }
  // Log lines are JSON, too, but a log is read by lines: the first and the last are often cut.
  if (startsJson(firstLine) && !isCniLogLine(firstLine)) return recogniseJson(file, bare);
  const lines = textLines(bare);
  const sections = textSections(lines);
  if (sections.length > 0) return { json: [], text: sections, problems: [] };
  // The command's prompt may stand above its JSON.
  if (lines.some((line) => startsJson(line.text))) {
    const json = recogniseJson(file, bare);
    if (json.json.length > 0) return json;
  }
  return { json: [], text: [], problems: [notRecognised(file, lines)] };
}

function notRecognised(file: string, lines: readonly TextLine[]): RecognitionProblem {
  const yaml = lines.find((line) => /^(?:- )?(?:apiVersion|kind|items):/.test(line.text));
  if (yaml !== undefined) {
    const message = `${file} is YAML, which is not read`;
    return { kind: YAML_NOT_READ, line: yaml.number, message };
  }
  const foreign = describeForeignText(
    lines
      .slice(0, 20)
      .map((line) => line.text)
      .join("\n"),
  );
  if (foreign !== null) {
    return { kind: FOREIGN_TEXT, message: `${file} is ${foreign.name}: ${foreign.advice}` };
  }
  return { kind: NOT_RECOGNISED, message: `${file} is nothing that a snapshot is made of` };
}

function recogniseJson(file: string, text: string): Recognition {
  const { documents, errors } = parseJsonDocuments(text);
  const json: JsonPart[] = [];
  const problems: RecognitionProblem[] = errors.map(({ line, column, message }) => ({
    kind: JSON_SYNTAX,
    line,
    message: `${file}, line ${line}, column ${column}: ${message}`,
  }));
  for (const document of documents) {
    const kind = jsonKind(document.root);
    if (kind !== null) json.push({ kind, document });
    else problems.push(unknownDocument(file, document));
  }
  return { json, text: [], problems };
}

function unknownDocument(file: string, document: JsonDocument): RecognitionProblem {
  const { root, line } = document;
  const empty = (root.isArray || root.isObject) && Object.keys(root.raw as object).length === 0;
  return empty
    ? { kind: EMPTY_FILE, line, message: `${file} holds an empty JSON document` }
    : { kind: NOT_RECOGNISED, line, message: `${file} is JSON of no kind that podpath knows` };
}

/** Member that holds the list in the output of each AWS CLI command. */
const AWS_LISTS: readonly (readonly [string, SnapshotKind])[] = [
  ["NetworkInterfaces", "aws-network-interfaces"],
  ["Vpcs", "aws-vpcs"],
  ["Subnets", "aws-subnets"],
  ["Reservations", "aws-instances"],
  ["VpcPeeringConnections", "aws-vpc-peering"],
  ["LoadBalancers", "aws-load-balancers"],
  ["LoadBalancerDescriptions", "aws-load-balancers"],
  ["TargetHealthDescriptions", "aws-target-health"],
  ["TargetGroups", "aws-target-groups"],
  ["Attributes", "aws-target-group-attributes"],
];

/** Members that every element of a bare list has: `ip -j`, `aws … --query 'NetworkInterfaces'`, `jq .items`. */
const LIST_ELEMENTS: readonly (readonly [readonly string[], SnapshotKind])[] = [
  [["ifindex", "ifname"], "ip-addr"],
  [["priority", "table"], "ip-rule"],
  [["dst", "dev", "lladdr"], "ip-neigh"],
  [["dst", "dev", "state"], "ip-neigh"],
  [["dst"], "ip-route"],
  [["apiVersion", "kind", "metadata"], "kubectl-json"],
  [["NetworkInterfaceId", "PrivateIpAddresses"], "aws-network-interfaces"],
  [["VpcId", "CidrBlockAssociationSet"], "aws-vpcs"],
  [["SubnetId", "CidrBlock"], "aws-subnets"],
  [["Instances", "ReservationId"], "aws-instances"],
];

function jsonKind(root: JsonValue): SnapshotKind | null {
  if (root.isArray) {
    // iproute2 prints `{}` for what its filter left out, so the first element alone does not tell.
    const element = root
      .items()
      .find((item) => item.isObject && Object.keys(item.raw as object).length > 0);
    if (element === undefined) return null;
    return LIST_ELEMENTS.find(([keys]) => keys.every((key) => element.has(key)))?.[1] ?? null;
  }
  if (root.string("kind") !== undefined && root.has("apiVersion")) return "kubectl-json";
  if (root.get("cluster").has("resourcesVpcConfig")) return "aws-eks-cluster";
  if (root.string("version")?.startsWith("vpc-cni-ipam/")) return "cni-checkpoint";
  if (isCniEnis(root)) return "cni-enis";
  return AWS_LISTS.find(([key]) => root.get(key).isArray)?.[1] ?? null;
}
