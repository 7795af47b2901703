/** What must hold for the readers of payloads: nothing outside of the payload is read, nothing throws, the same bytes say the same. */
import { parseDnsAnswer } from "../../src/core/wire/dns.ts";
import { parseHttpRequest } from "../../src/core/wire/http-request.ts";
import { parseProxyHeader } from "../../src/core/wire/proxy-protocol.ts";
import { expectThat } from "./finding.ts";
import { dnsAnswer, httpRequest, proxyHeader } from "./packet-payload.ts";
import type { Random } from "./random.ts";

type Reader = (view: DataView, offset: number, end: number) => unknown;

const READERS: readonly (readonly [write: (random: Random) => Uint8Array, read: Reader])[] = [
  [dnsAnswer, parseDnsAnswer],
  [httpRequest, parseHttpRequest],
  [proxyHeader, parseProxyHeader],
];
const LEAD = 16;
const TAIL = 64;

/** A payload of one kind, perhaps cut or with a changed byte; returns its length. */
export function checkPayload(random: Random): number {
  const [write, read] = random.pick(READERS);
  let bytes = write(random).slice();
  if (random.oneIn(2)) bytes = bytes.slice(0, random.below(bytes.length + 1));
  if (random.oneIn(3) && bytes.length > 0) bytes[random.below(bytes.length)] = random.word() & 255;
  const exact = JSON.stringify(read(new DataView(bytes.buffer), 0, bytes.length));
  for (const filler of [0x00, 0xff, 0x0a]) {
    const around = new Uint8Array(LEAD + bytes.length + TAIL).fill(filler);
    around.set(bytes, LEAD);
    const other = JSON.stringify(read(new DataView(around.buffer), LEAD, LEAD + bytes.length));
    expectThat(
      exact === other,
      () => `${read.name} depends on bytes outside of the payload: ${exact} or ${other}`,
    );
  }
  return bytes.length;
}
