/** Frames of the packet grammar through the decoders: by far the most runs. A case is fifty frames. */
import type { Campaign } from "./campaign.ts";
import { clearBudget, setBudget } from "./counters.ts";
import { checkCut, checkEveryCut, checkFrame } from "./frame-oracle.ts";
import { grammarFrame } from "./packet-grammar.ts";
import { checkPayload } from "./payload-oracle.ts";

const FRAMES_PER_CASE = 50;
/** A frame is decoded five times; no decoder does more than a few steps a byte. */
const STEPS_PER_FRAME = 5_000;
const STEPS_PER_CUT = 1_000;
/** Payloads are at most a few hundred bytes, read four times. */
const STEPS_PER_PAYLOAD = 40_000;

export function campaign(): Campaign {
  return {
    isReplayable: true,
    runCase({ random }) {
      for (let i = 0; i < FRAMES_PER_CASE; i += 1) {
        const frame = grammarFrame(random);
        setBudget(STEPS_PER_FRAME + 20 * frame.bytes.length, 0);
        checkFrame(frame);
        checkCut(frame, random.below(frame.bytes.length + 1));
        if (random.oneIn(16)) {
          setBudget(STEPS_PER_CUT * (frame.bytes.length + 1), 0);
          checkEveryCut(frame);
        }
        setBudget(STEPS_PER_PAYLOAD, 0);
        checkPayload(random);
        clearBudget();
      }
    },
  };
}
