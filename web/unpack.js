// Unpacks the program: text of seven bits a character, and LZMA in it. Together they make the file a third smaller
// than Base64 and gzip, which a browser unpacks by itself. `cargo xtask viewer` packs it.
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

// The content of a file in the format of `lzma` ("LZMA alone"), as lzma-specification.txt of the LZMA SDK has it. What
// is damaged is refused in the end.
const unpack = (packed) => {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const properties = packed[0];
  const contextBits = properties % 9;
  const literalMask = (1 << (((properties / 9) | 0) % 5)) - 1;
  const positionMask = (1 << ((properties / 45) | 0)) - 1;
  const content = new Uint8Array(view.getUint32(5, true));

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
  const probabilities = new Uint16Array(LITERAL + 0x300 * (literalMask + 1) * (1 << contextBits)).fill(1024);

  // Range and code, kept as numbers of 32 bits.
  const coder = new Uint32Array([0xffffffff, view.getUint32(14)]);
  let next = 18;
  // Goes down a tree of decisions, from `node` to the first that is no smaller than `end`. All time is spent here.
  const walk = (base, node, end) => {
    let range = coder[0];
    let code = coder[1];
    while (node < end) {
      const probability = probabilities[base + node];
      const bound = (range >>> 11) * probability;
      if (code < bound) {
        range = bound;
        probabilities[base + node] = probability + ((2048 - probability) >> 5);
        node <<= 1;
      } else {
        range -= bound;
        code -= bound;
        probabilities[base + node] = probability - (probability >> 5);
        node = (node << 1) | 1;
      }
      if (range < 0x1000000) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | packed[next++]) >>> 0;
      }
    }
    coder[0] = range;
    coder[1] = code;
    return node;
  };
  const bit = (at) => walk(at - 1, 1, 2) & 1;
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
      coder[0] >>>= 1;
      const decided = coder[1] >= coder[0] ? 1 : 0;
      if (decided) coder[1] -= coder[0];
      value = (value << 1) | decided;
      if (coder[0] < 0x1000000) {
        coder[0] <<= 8;
        coder[1] = (coder[1] << 8) | packed[next++];
      }
    }
    return value;
  };
  const lengthOf = (at, position) => {
    if (!bit(at)) return 2 + tree(at + 2 + (position << 3), 3);
    if (!bit(at + 1)) return 10 + tree(at + 130 + (position << 3), 3);
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

  const distances = [0, 0, 0, 0];
  let state = 0;
  let at = 0;
  const literal = () => {
    const before = at > 0 ? content[at - 1] : 0;
    const base = LITERAL + 0x300 * (((at & literalMask) << contextBits) + (before >> (8 - contextBits)));
    let symbol = 1;
    if (state >= 7) {
      let match = content[at - distances[0] - 1];
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const decided = bit(base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | decided;
        if (expected !== decided) break;
      }
    }
    content[at++] = walk(base, symbol, 0x100);
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  };
  const copy = (length) => {
    const end = Math.min(at + length, content.length);
    const back = distances[0] + 1;
    while (at < end) {
      content[at] = content[at - back];
      at++;
    }
  };
  // Takes the distance of an earlier match to the front.
  const repeat = (which) => distances.unshift(distances.splice(which, 1)[0]);

  while (at < content.length) {
    const position = at & positionMask;
    if (!bit(IS_MATCH + (state << 4) + position)) {
      literal();
    } else if (!bit(IS_REPEAT + state)) {
      const length = lengthOf(LENGTH, position);
      distances.unshift(distanceOf(length));
      distances.length = 4;
      state = state < 7 ? 7 : 10;
      copy(length);
    } else {
      if (bit(IS_REPEAT_0 + state)) {
        if (!bit(IS_REPEAT_1 + state)) repeat(1);
        else if (!bit(IS_REPEAT_2 + state)) repeat(2);
        else repeat(3);
      } else if (!bit(IS_LONG + (state << 4) + position)) {
        state = state < 7 ? 9 : 11;
        copy(1);
        continue;
      }
      const length = lengthOf(REPEAT_LENGTH, position);
      state = state < 7 ? 8 : 11;
      copy(length);
    }
  }
  // Every bit decides on all that follow: one that is wrong leaves something behind.
  if (coder[1] !== 0) throw new Error("its program is damaged");
  return content;
};
