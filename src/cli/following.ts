/** `--follow`: captures that are still being written are read on until a signal, or until they rest. */
import { type Command, InvalidArgumentError } from "commander";
import type { Following } from "../node/follow-source.ts";
import type { CliIo, StopSignal } from "./cli-io.ts";

export interface FollowOptions {
  readonly follow?: boolean;
  readonly followIdle?: number;
}

export function addFollowOptions(command: Command): Command {
  return command
    .option("--follow", "read on while captures grow, as tail -f; Ctrl-C ends it with the report")
    .option(
      "--follow-idle <seconds>",
      "end --follow when a capture has not grown for so long",
      parseSeconds,
    );
}

export interface StartedFollowing {
  /** null: captures are read as they are. */
  readonly following: Following | null;
  /** The signal that ended it, null while none did. */
  endedBy(): StopSignal | null;
}

/** The first SIGINT or SIGTERM ends the reading; a second one the program. */
export function startFollowing(options: FollowOptions, io: CliIo): StartedFollowing {
  if (options.follow !== true && options.followIdle === undefined) {
    return { following: null, endedBy: () => null };
  }
  const controller = new AbortController();
  let signal: StopSignal | null = null;
  if (io.interruption !== undefined) {
    io.interruption.handler = (received) => {
      signal = received;
      controller.abort();
    };
  }
  const idleMs = options.followIdle === undefined ? null : options.followIdle * 1000;
  return { following: { signal: controller.signal, idleMs }, endedBy: () => signal };
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds <= 0) {
    throw new InvalidArgumentError("It must be a number of seconds above 0.");
  }
  return seconds;
}
