/** Types of the npm package pcap-parser 0.2.1, which has none: what `src/node/cross-check.ts` uses of it. */
declare module "pcap-parser" {
  import type { EventEmitter } from "node:events";
  import type { Readable } from "node:stream";

  export interface PacketHeader {
    readonly timestampSeconds: number;
    /** Nanoseconds when the file's magic number was rewritten. */
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }
  export interface Parser extends EventEmitter {
    on(event: "packet", listener: (packet: { readonly header: PacketHeader }) => void): this;
    on(event: "end", listener: () => void): this;
    on(event: "error", listener: (error: Error) => void): this;
  }
  /** A CommonJS module: only its default import exists for every loader. */
  const pcapParser: { parse(input: string | Readable): Parser };
  export default pcapParser;
}
