/** The text form of the PROXY protocol (its section 2.1). Its file is separate because it is a parser of text, not of a layout. */
import { parseAddress } from "../address/ip-text.ts";
import type { ParsedProxyHeader, ProxyAddress } from "./proxy-protocol.ts";

/** The longest line, CR LF included. */
const MAX_LINE_LENGTH = 107;
const CR = 0x0d;
const LF = 0x0a;

/** Null unless the whole line was captured and every field is as the specification wants it. */
export function parseProxyHeaderV1(
  view: DataView,
  offset: number,
  end: number,
): ParsedProxyHeader | null {
  const line = readLine(view, offset, Math.min(end, offset + MAX_LINE_LENGTH));
  if (line === null) return null;
  const length = line.length + 2;
  // UNKNOWN may be followed by anything, which is to be ignored.
  if (line === "PROXY UNKNOWN" || line.startsWith("PROXY UNKNOWN ")) {
    return { version: 1, command: "PROXY", source: null, destination: null, length };
  }
  const fields = /^PROXY TCP([46]) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$/.exec(line);
  if (fields === null) return null;
  const [, family, sourceText = "", destinationText = "", sourcePort = "", destinationPort = ""] =
    fields;
  const source = parseEndpoint(family, sourceText, sourcePort);
  const destination = parseEndpoint(family, destinationText, destinationPort);
  if (source === null || destination === null) return null;
  return { version: 1, command: "PROXY", source, destination, length };
}

/** The characters before the first CR LF; null when there is none. */
function readLine(view: DataView, offset: number, end: number): string | null {
  let line = "";
  for (let at = offset; at + 1 < end; at++) {
    const byte = view.getUint8(at);
    if (byte === CR) return view.getUint8(at + 1) === LF ? line : null;
    line += String.fromCharCode(byte);
  }
  return null;
}

function parseEndpoint(
  family: string | undefined,
  addressText: string,
  portText: string,
): ProxyAddress | null {
  const address = addressText.includes("%") ? null : parseAddress(addressText);
  if (address === null || String(address.family) !== family) return null;
  if (!/^(?:0|[1-9][0-9]{0,4})$/.test(portText) || Number(portText) > 65_535) return null;
  return { address: address.text, port: Number(portText) };
}
