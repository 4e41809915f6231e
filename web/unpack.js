// Unpacks the program: text of seven bits a character, and LZMA in it. Together they make the file a third smaller
// than Base64 and gzip, which a browser unpacks by itself. `cargo xtask bundle` packs it.
"use strict";

// What `text` encodes: seven bits a character, highest first. The three values that a script element cannot hold as
// they are stand, together with the seven bits behind them, in one character from U+0080 on.
const bytesOf = (text) => {
  const barred = [0x00, 0x0d, 0x3c];
  const bytes = new Uint8Array(text.length * 2);
  let length = 0;
  let bits = 0;
  let held = 0;
  const take = (seven) => {
    bits = ((bits << 7) | seven) & 0xffff;
    held += 7;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = bits >> held;
    }
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) take(code);
    else {
      take(barred[(code - 0x80) >> 7]);
      take(code & 0x7f);
    }
  }
  return bytes.subarray(0, length);
};

// The content of a file in the format of `lzma` ("LZMA alone"), as lzma-specification.txt of the LZMA SDK has it, but
// that positions decide nothing (`lp` and `pb` are 0). What is damaged is refused in the end.
const unpack = (packed) => {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const contextBits = packed[0];
  const length = view.getUint32(5, true);
  const damaged = () => new Error("its program is damaged");
  // No program is as large.
  if (contextBits > 8 || length > 0x4000000) throw damaged();
  const content = new Uint8Array(length);

  // The probabilities of all decisions, one behind the other.
  const IS_MATCH = 0;
  const IS_REPEAT = 192;
  const IS_REPEAT_0 = 204;
  const IS_REPEAT_1 = 216;
  const IS_REPEAT_2 = 228;
  const IS_LONG = 240;
  const SLOT = 432;
  const SPECIAL = 688;
  const ALIGN = 803;
  const LENGTH = 819;
  const REPEAT_LENGTH = 1333;
  const LITERAL = 1847;
  const probabilities = new Uint16Array(LITERAL + (0x300 << contextBits)).fill(1024);

  // Range and code, and where the next byte is. All are numbers of 32 bits, which engines keep in registers: `>>> 0` only
  // where they are compared. All time is spent in the two functions that follow.
  const RANGE = 0;
  const CODE = 1;
  const NEXT = 2;
  const coder = new Int32Array([-1, view.getInt32(14), 18]);
  const refill = (range, code) => {
    coder[RANGE] = range << 8;
    coder[CODE] = (code << 8) | packed[coder[NEXT]++];
  };
  const bit = (at) => {
    const code = coder[CODE];
    const probability = probabilities[at];
    const bound = Math.imul(coder[RANGE] >>> 11, probability);
    if (code >>> 0 < bound >>> 0) {
      probabilities[at] = probability + ((2048 - probability) >> 5);
      if (bound >>> 0 < 0x1000000) refill(bound, code);
      else coder[RANGE] = bound;
      return 0;
    }
    probabilities[at] = probability - (probability >> 5);
    const range = coder[RANGE] - bound;
    if (range >>> 0 < 0x1000000) {
      refill(range, code - bound);
    } else {
      coder[RANGE] = range;
      coder[CODE] = code - bound;
    }
    return 1;
  };
  // Goes down a tree of decisions, from `node` to the first that is no smaller than `end`: `bit`, again and again.
  const walk = (base, node, end) => {
    let range = coder[RANGE];
    let code = coder[CODE];
    while (node < end) {
      const probability = probabilities[base + node];
      const bound = Math.imul(range >>> 11, probability);
      if (code >>> 0 < bound >>> 0) {
        range = bound;
        probabilities[base + node] = probability + ((2048 - probability) >> 5);
        node <<= 1;
      } else {
        range = (range - bound) | 0;
        code = (code - bound) | 0;
        probabilities[base + node] = probability - (probability >> 5);
        node = (node << 1) | 1;
      }
      if (range >>> 0 < 0x1000000) {
        range <<= 8;
        code = (code << 8) | packed[coder[NEXT]++];
      }
    }
    coder[RANGE] = range;
    coder[CODE] = code;
    return node;
  };
  const tree = (at, count) => walk(at, 1, 1 << count) - (1 << count);
  const reversed = (at, count) => {
    const bits = tree(at, count);
    let value = 0;
    for (let i = 0; i < count; i++) value |= ((bits >> i) & 1) << (count - 1 - i);
    return value;
  };
  // Bits that are as likely one as the other.
  const even = (count) => {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const range = coder[RANGE] >>> 1;
      const decided = coder[CODE] >>> 0 >= range ? 1 : 0;
      if (decided) coder[CODE] -= range;
      value = (value << 1) | decided;
      if (range < 0x1000000) refill(range, coder[CODE]);
      else coder[RANGE] = range;
    }
    return value;
  };
  const lengthOf = (at) => {
    if (!bit(at)) return 2 + tree(at + 2, 3);
    if (!bit(at + 1)) return 10 + tree(at + 130, 3);
    return 18 + tree(at + 258, 8);
  };
  const distanceOf = (length) => {
    const slot = tree(SLOT + (Math.min(length - 2, 3) << 6), 6);
    if (slot < 4) return slot;
    const count = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << count;
    if (slot < 14) return high + reversed(SPECIAL + high - slot, count);
    return high + (even(count - 4) << 4) + reversed(ALIGN, 4);
  };
  const literal = (at, state, back) => {
    const before = at > 0 ? content[at - 1] : 0;
    const base = LITERAL + 0x300 * (before >> (8 - contextBits));
    let symbol = 1;
    if (state >= 7) {
      let match = content[at - back];
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const decided = bit(base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | decided;
        if (expected !== decided) break;
      }
    }
    return walk(base, symbol, 0x100);
  };

  // How far back the last four matches lie, the last one first.
  let [back, back1, back2, back3] = [1, 1, 1, 1];
  let state = 0;
  let at = 0;
  while (at < length) {
    if (!bit(IS_MATCH + (state << 4))) {
      content[at] = literal(at, state, back);
      at++;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count = 1;
    if (!bit(IS_REPEAT + state)) {
      count = lengthOf(LENGTH);
      back3 = back2;
      back2 = back1;
      back1 = back;
      back = distanceOf(count) + 1;
      state = state < 7 ? 7 : 10;
    } else {
      const isLast = !bit(IS_REPEAT_0 + state);
      if (!isLast) {
        // Takes an earlier distance to the front.
        const last = back;
        if (!bit(IS_REPEAT_1 + state)) {
          back = back1;
        } else {
          if (!bit(IS_REPEAT_2 + state)) {
            back = back2;
          } else {
            back = back3;
            back3 = back2;
          }
          back2 = back1;
        }
        back1 = last;
      }
      if (isLast && !bit(IS_LONG + (state << 4))) {
        state = state < 7 ? 9 : 11;
      } else {
        count = lengthOf(REPEAT_LENGTH);
        state = state < 7 ? 8 : 11;
      }
    }
    for (const end = Math.min(at + count, length); at < end; at++) content[at] = content[at - back];
  }
  // Every bit decides on all that follow: one that is wrong leaves something behind.
  if (coder[CODE] !== 0) throw damaged();
  return content;
};
