/** An authenticator app: codes by RFC 6238 (SHA-1, 30 s, six digits), each step given out once. */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const STEP_MS = 30_000;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export class Authenticator {
  private last = 0;

  constructor(private readonly secret: string) {}

  /** Returns a code that was not given out yet; the edge takes one step ahead, further ones are waited for. */
  async next(): Promise<string> {
    const step = Math.max(Math.floor(Date.now() / STEP_MS), this.last + 1);
    await sleep(Math.max(0, (step - 1) * STEP_MS - Date.now() + 500));
    this.last = step;
    return this.at(step);
  }

  private at(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac("sha1", bytes(this.secret)).update(counter).digest();
    const offset = mac.readUInt8(mac.length - 1) & 15;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  }
}

function bytes(base32: string): Buffer {
  const bits = Array.from(base32.replace(/[\s=]/g, ""), (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => parseInt(octet, 2)));
}
