/**
 * `aws ec2 describe-instances` as a table or as text. Tables: those that `--query` makes, whose columns have the names that the user
 * gave them. Text: tab-separated records without column names, of which only what its form tells is read.
 */
import type { InstanceEntry, SnapshotRef } from "./snapshot.ts";
import { canonicalAddress, type ReadContext, skipEntry } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

type Column = "id" | "name" | "privateAddress" | "publicAddress" | "vpcId" | "state";

/** By what people call them: "PrivateIPAdd", "Private IP", "PrivateIpAddress"; DNS names are no addresses. */
const COLUMNS: readonly (readonly [RegExp, Column])[] = [
  [/^private(?:ip)?(?:v4)?(?:add|$)|^privateip(?:v4)?$/, "privateAddress"],
  [/^public(?:ip)?(?:v4)?(?:add|$)|^publicip(?:v4)?$/, "publicAddress"],
  [/^(?:instance)?id$/, "id"],
  [/^(?:instance)?name$/, "name"],
  [/^vpc(?:id)?$/, "vpcId"],
  [/^(?:instance)?(?:state|status)(?:name)?$/, "state"],
];

function columnOf(title: string): Column | undefined {
  const letters = title.toLowerCase().replace(/[^a-z0-9]/g, "");
  return COLUMNS.find(([pattern]) => pattern.test(letters))?.[1];
}

export function readInstancesText(context: ReadContext, lines: readonly TextLine[]): void {
  const isRow = ({ text }: TextLine): boolean => /^\s*[|+-]/.test(text);
  readTable(context, lines.filter(isRow));
  readRecords(
    context,
    lines.filter((line) => !isRow(line)),
  );
}

function readTable(context: ReadContext, lines: readonly TextLine[]): void {
  let columns: (Column | undefined)[] | null = null;
  for (const { text, number } of lines) {
    const ref: SnapshotRef = { file: context.file, line: number };
    const row = text.trim();
    if (!row.startsWith("|")) continue;
    if (/^\|\s*DescribeInstances\s*\|$/.test(row)) {
      columns = null;
      continue;
    }
    const cells = row
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => cell.trim());
    // Lists in lists (`Reservations[*].Instances[*]`) come with one header each.
    if (columns === null || isHeader(cells)) {
      columns = cells.map(columnOf);
      if (columns.every((column) => column === undefined)) {
        skipEntry(context, ref, `Line ${number} names no column that podpath knows`);
      }
    } else if (columns.some((column) => column !== undefined)) {
      const whole = row.length > 1 && row.endsWith("|") && cells.length === columns.length;
      if (whole) readRow(context, columns, cells, ref);
      else skipEntry(context, ref, `Line ${number} is no complete row of an instance table`);
    }
  }
}

const INSTANCE_ID = /^i-[0-9a-f]+$/;

function isHeader(cells: readonly string[]): boolean {
  const isValue = (cell: string): boolean =>
    INSTANCE_ID.test(cell) || canonicalAddress(cell) !== undefined;
  return cells.some((cell) => columnOf(cell) !== undefined) && !cells.some(isValue);
}

function readRow(
  context: ReadContext,
  columns: readonly (Column | undefined)[],
  cells: readonly string[],
  ref: SnapshotRef,
): void {
  const told: Partial<Record<Column, string>> = {};
  for (const [i, column] of columns.entries()) {
    const text = cells[i] ?? "";
    if (column !== undefined && text !== "" && text !== "None") told[column] ??= text;
  }
  if (told.id !== undefined && !INSTANCE_ID.test(told.id)) {
    skipEntry(context, ref, `Line ${ref.line}: "${told.id.slice(0, 64)}" is no instance id`);
    return;
  }
  for (const column of ["privateAddress", "publicAddress"] as const) {
    const text = told[column];
    if (text === undefined || canonicalAddress(text) !== undefined) continue;
    skipEntry(context, ref, `Line ${ref.line}: "${text.slice(0, 64)}" is no address`);
    return;
  }
  pushInstance(context, told, ref);
}

function pushInstance(
  context: ReadContext,
  told: Partial<Record<Column, string>>,
  ref: SnapshotRef,
): void {
  // Its addresses belong to others once it is gone.
  if (told.state === "terminated") return;
  const privateAddress = canonicalAddress(told.privateAddress);
  const publicAddress = canonicalAddress(told.publicAddress);
  // A table is what its --query says: a row of volumes is not wrong, it just tells nothing here.
  if (told.id === undefined && privateAddress === undefined && publicAddress === undefined) return;
  const entry: InstanceEntry = {
    id: told.id ?? "",
    ...(told.name !== undefined && { name: told.name }),
    ...(privateAddress !== undefined && { privateAddress }),
    ...(publicAddress !== undefined && { publicAddress }),
    ...(told.vpcId !== undefined && { vpcId: told.vpcId }),
    ref,
  };
  context.parts.instances.push(entry);
}

/**
 * `--output text`: a record's values stand in the order of their names, without them (awscli/text.py), and absent ones leave no
 * gap. PrivateIpAddress precedes PublicIpAddress, and every instance that has an address has a private one.
 */
function readRecords(context: ReadContext, lines: readonly TextLine[]): void {
  let told: Partial<Record<Column, string>> | null = null;
  let ref: SnapshotRef = { file: context.file };
  const finish = (): void => {
    if (told !== null) pushInstance(context, told, ref);
    told = null;
  };
  for (const { text, number } of lines) {
    const [word, ...values] = text.split("\t").map((value) => value.trim());
    if (word === "INSTANCES" || word === "RESERVATIONS") {
      finish();
      ref = { file: context.file, line: number };
      if (word === "INSTANCES") told = instanceRecord(context, values, ref);
    } else if (told !== null && word === "STATE" && values[1] !== undefined) {
      told.state = values[1];
    } else if (told !== null && word === "TAGS" && values[0] === "Name") {
      if (values[1]) told.name = values[1];
    }
  }
  finish();
}

function instanceRecord(
  context: ReadContext,
  values: readonly string[],
  ref: SnapshotRef,
): Partial<Record<Column, string>> | null {
  const id = values.find((value) => INSTANCE_ID.test(value));
  if (id === undefined) {
    skipEntry(context, ref, `Line ${ref.line} is a record of an instance without its id`);
    return null;
  }
  const [first, second] = values.filter((value) => /^\d+(?:\.\d+){3}$/.test(value));
  const vpcId = values.find((value) => /^vpc-[0-9a-f]+$/.test(value));
  return {
    id,
    ...(first !== undefined && { privateAddress: first }),
    ...(second !== undefined && { publicAddress: second }),
    ...(vpcId !== undefined && { vpcId }),
  };
}
