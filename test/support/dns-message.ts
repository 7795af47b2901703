/** DNS messages for tests (RFC 1035 section 4), names without compression unless a test writes their bytes itself. */
import { addressBytes, ascii, concat, u8, u16, u32 } from "./bytes.ts";

/** "www.example.com" as labels with their length octets. */
export function dnsName(text: string): Uint8Array {
  const labels = text === "" ? [] : text.split(".");
  return concat(...labels.map((label) => concat(u8(label.length), ascii(label))), u8(0));
}

export interface DnsRecord {
  readonly name: string | Uint8Array;
  readonly type: number;
  readonly class?: number;
  readonly data: Uint8Array;
}

export const a = (name: string | Uint8Array, address: string): DnsRecord => ({
  name,
  type: address.includes(":") ? 28 : 1,
  data: addressBytes(address),
});
export const cname = (name: string, target: string): DnsRecord => ({
  name,
  type: 5,
  data: dnsName(target),
});

export interface DnsFields {
  readonly id?: number;
  readonly flags?: number;
  readonly questions?: number;
  readonly answers?: number;
  readonly question?: string | Uint8Array;
  readonly records?: readonly DnsRecord[];
}

const bytesOf = (name: string | Uint8Array): Uint8Array =>
  typeof name === "string" ? dnsName(name) : name;

/** A response without error to a question for A records of www.example.com. */
export function dnsResponse(fields: DnsFields): Uint8Array {
  const { id = 1, flags = 0x8180, questions = 1, question = "www.example.com" } = fields;
  const { records = [] } = fields;
  return concat(
    ...[id, flags, questions, fields.answers ?? records.length, 0, 0].map(u16),
    bytesOf(question),
    u16(1),
    u16(1),
    ...records.map(({ name, type, class: of = 1, data }) =>
      concat(bytesOf(name), u16(type), u16(of), u32(300), u16(data.length), data),
    ),
  );
}
