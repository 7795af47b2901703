/** Goal: all 256 protocol numbers end in a sound view. Method: each number over the same bytes, in IPv4 and IPv6. */
import { expect, test } from "vitest";
import { decode, expectSound, innermost } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const WITH_PORTS = [6, 17, 132];
const payload = Uint8Array.from({ length: 40 }, (_, i) => i);

test("every number in IPv4", () => {
  for (let protocol = 0; protocol < 256; protocol++) {
    const view = decode(ethernet().ipv4({ protocol }).payload(payload));
    expectSound(view);
    if (protocol === 51) continue; // its next header is the 0 that the bytes begin with
    expect(innermost(view)).toMatchObject({
      protocol,
      hasPorts: WITH_PORTS.includes(protocol) || protocol === 1 ? 1 : 0,
    });
  }
});

test("every number in IPv6", () => {
  for (let nextHeader = 0; nextHeader < 256; nextHeader++) {
    const view = decode(ethernet().ipv6({ nextHeader }).payload(payload));
    expectSound(view);
    expect(view.depth).toBe(1);
  }
});
