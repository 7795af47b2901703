/** Options of every command that reads captures. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AnalyzeFilesRequest } from "../node/analyze-files.ts";
import type { Following } from "../node/follow-source.ts";
import type { CliIo } from "./cli-io.ts";
import { startProgress } from "./progress.ts";
import { toolVersion } from "./version.ts";

export interface InputOptions {
  readonly read: readonly string[];
  readonly snapshot: readonly string[];
  readonly maxConnections?: number;
  readonly sha256?: boolean;
  readonly keyPackets?: boolean;
  readonly crossCheck?: boolean;
  readonly progress: "auto" | "always" | "never";
}

const INPUTS =
  "captures (pcap, pcapng, also with gzip, zstd or lz4), snapshot files, folders of both, tar/tgz bundles, - for stdin; " +
  "NODE=PATH, NODE/IFACE=PATH or pod:NAMESPACE/NAME=PATH says where a capture was taken";

export function addInputOptions(command: Command): Command {
  command
    .argument("[inputs...]", INPUTS)
    .option("-r, --read <file>", "an input, as tcpdump -r; - for stdin (repeatable)", gather, []);
  return addReadOptions(command);
}

/** How captures are read, wherever their names come from. */
export function addReadOptions(command: Command): Command {
  return command
    .option(
      "-s, --snapshot <path>",
      "what is known about the cluster: kubectl, aws, ip, iptables, conntrack output (repeatable)",
      gather,
      [],
    )
    .option("--sha256", "put the SHA-256 of every input into the report")
    .option("--key-packets", "list the first, last and odd packets of every observation")
    .option("--max-connections <n>", "keep at most this many flows in memory", parseCount)
    .addOption(
      new Option("--progress <when>", "show progress on stderr")
        .choices(["auto", "always", "never"])
        .default("auto"),
    );
}

/** What to read; `done` takes the progress line away again. */
export function inputRequest(
  inputs: readonly string[],
  options: InputOptions,
  io: CliIo,
  askedPods: readonly string[] = [],
  following: Following | null = null,
): { readonly request: AnalyzeFilesRequest; readonly done: () => void } {
  const progress = startProgress(io, options.progress);
  return {
    request: {
      inputs: [...options.read, ...inputs],
      snapshots: options.snapshot,
      sha256: options.sha256 === true,
      keyPackets: options.keyPackets === true,
      crossCheck: options.crossCheck === true,
      tool: toolVersion(),
      stdin: io.stdin,
      askedPods,
      ...(following === null ? {} : { following }),
      ...(options.maxConnections === undefined ? {} : { maxFlows: options.maxConnections }),
      ...(progress.update === null ? {} : { onProgress: progress.update }),
      beforeLongWork: () => io.answerSignals?.(false),
    },
    done: progress.end,
  };
}

function gather(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!/^\d+$/.test(value) || count < 1 || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError("It must be a whole number from 1 on.");
  }
  return count;
}
