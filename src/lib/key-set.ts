/**
 * Remembers which strings it has seen, in 16 to 32 bytes each whatever their length: 64-bit hashes in one flat table. Two
 * different strings among ten million are taken for one with a chance of about one in 400,000.
 */
export class KeySet {
  /** Each grows by itself, so that no moment has all of it twice. */
  readonly #shards = Array.from({ length: SHARDS }, () => new Shard());

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0);
  }

  /** True when the string was not there yet. */
  add(text: string): boolean {
    const [high, low] = hash64(text);
    return this.#shards[high % SHARDS]?.add(high, low) ?? false;
  }
}

const SHARDS = 16;

class Shard {
  #slots = new Uint32Array(2 << 8);
  size = 0;

  add(high: number, low: number): boolean {
    if (this.size * 4 >= this.#slots.length) this.#grow();
    const added = insert(this.#slots, high, low);
    if (added) this.size++;
    return added;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const high = old[i] ?? 0;
      const low = old[i + 1] ?? 0;
      if (high !== 0 || low !== 0) insert(this.#slots, high, low);
    }
  }
}

/** Open addressing; a slot of two zeros is free. */
function insert(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length - 1;
  let at = (low * 2) & mask;
  for (;;) {
    const h = slots[at];
    const l = slots[at + 1];
    if (h === high && l === low) return false;
    if (h === 0 && l === 0) break;
    at = (at + 2) & mask;
  }
  slots[at] = high;
  slots[at + 1] = low;
  return true;
}

/** Two multiplicative hashes with different constants, mixed at the end (after cyrb53, which is in the public domain). */
function hash64(text: string): [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [a >>> 0, b >>> 0 || 1];
}
