// QR codes of texts, as SVG. Only what an otpauth address needs: bytes, correction level L, up to version 20.

const corrections = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28]; // per block
const blockCounts = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

// Arithmetic of GF(256): powers of two, and their logarithms.
const power = new Uint8Array(255);
const log = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++, x = (x << 1) ^ (x > 127 ? 0x11d : 0)) {
  power[i] = x;
  log[x] = i;
}
const times = (a, b) => (a && b ? power[(log[a] + log[b]) % 255] : 0);

// remainder is the Reed-Solomon correction of a block.
function remainder(block, degree) {
  let divisor = [1]; // (x - 1)(x - 2)(x - 4)..., highest power first
  for (let i = 0; i < degree; i++)
    divisor = [...divisor, 0].map((c, j) => c ^ (j ? times(divisor[j - 1], power[i]) : 0));
  const rest = [...block, ...new Array(degree).fill(0)];
  for (let i = 0; i < block.length; i++) {
    const factor = rest[i];
    divisor.forEach((c, j) => (rest[i + j] ^= times(c, factor)));
  }
  return rest.slice(block.length);
}

// withCheck appends to a value the remainder that protects it.
function withCheck(value, generator, bits) {
  let rest = value << bits;
  for (let i = 31 - Math.clz32(rest); i >= bits; i--) if ((rest >> i) & 1) rest ^= generator << (i - bits);
  return (value << bits) | rest;
}

// alignmentsOf are the coordinates of the small squares.
function alignmentsOf(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const last = version * 4 + 10;
  const step = Math.ceil((last - 6) / (count - 1) / 2) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, i) => last - step * (count - 2 - i))];
}

// frame returns the fixed part of a symbol: dark, light, or null for data.
function frame(version) {
  const size = version * 4 + 17;
  const grid = Array.from({ length: size }, () => new Array(size).fill(null));
  const square = (row, column, radius, isDark) => {
    for (let r = -radius; r <= radius; r++)
      for (let c = -radius; c <= radius; c++)
        if (grid[row + r]?.[column + c] !== undefined) grid[row + r][column + c] = isDark(Math.max(Math.abs(r), Math.abs(c)));
  };
  for (let i = 8; i < size - 8; i++) grid[6][i] = grid[i][6] = i % 2 === 0;
  const places = alignmentsOf(version);
  const far = places.at(-1);
  for (const row of places)
    for (const column of places)
      if (!(row === 6 && column === 6) && !(row === 6 && column === far) && !(row === far && column === 6))
        square(row, column, 2, (distance) => distance !== 1);
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(row, column, 4, (distance) => distance < 4 && distance !== 2);
  if (version >= 7) {
    const bits = withCheck(version, 0x1f25, 12);
    for (let i = 0; i < 18; i++) {
      const [a, b] = [Math.floor(i / 3), size - 11 + (i % 3)];
      grid[a][b] = grid[b][a] = Boolean((bits >> i) & 1);
    }
  }
  putFormat(grid, 0); // keeps its place free of data
  return grid;
}

function putFormat(grid, mask) {
  const size = grid.length;
  const bits = withCheck((1 << 3) | mask, 0x537, 10) ^ 0x5412; // 1: level L
  for (let i = 0; i < 15; i++) {
    const dark = Boolean((bits >> i) & 1);
    grid[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = dark;
    grid[8][i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i] = dark;
  }
  grid[size - 8][8] = true;
}

const masks = [
  (r, c) => (r + c) % 2, (r) => r % 2, (r, c) => c % 3, (r, c) => (r + c) % 3,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2, (r, c) => ((r * c) % 2) + ((r * c) % 3),
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2, (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2,
];

// penalty tells how hard a symbol is to read.
function penalty(grid) {
  const rows = grid.map((row) => row.map(Number).join(""));
  const columns = grid.map((_, c) => grid.map((row) => Number(row[c])).join(""));
  let sum = 0;
  for (const line of [...rows, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += [...line.matchAll(/(?=10111010000|00001011101)/g)].length * 40;
  }
  for (let r = 1; r < rows.length; r++)
    for (let c = 1; c < rows.length; c++) {
      const four = rows[r - 1].slice(c - 1, c + 1) + rows[r].slice(c - 1, c + 1);
      if (four === "0000" || four === "1111") sum += 3;
    }
  const dark = rows.join("").replaceAll("0", "").length / rows.length ** 2;
  return sum + Math.floor(Math.abs(dark - 0.5) * 20) * 10;
}

// codewords returns all bytes of a symbol, in the order in which they are laid out.
function codewords(bytes, version, capacity, blockCount, correction) {
  const header = version < 10 ? [0x40 | (bytes.length >> 4), bytes.length & 15] : [0x40 | (bytes.length >> 12), (bytes.length >> 4) & 255, bytes.length & 15];
  const data = header; // of four bits mode, the length, the bytes and four bits end: all off by half a byte
  for (const byte of bytes) {
    data[data.length - 1] = (data.at(-1) << 4) | (byte >> 4);
    data.push(byte & 15);
  }
  data[data.length - 1] <<= 4;
  for (let pad = 0xec; data.length < capacity; pad ^= 0xec ^ 0x11) data.push(pad);
  const short = Math.floor(capacity / blockCount);
  const blocks = [];
  for (let i = 0, at = 0; i < blockCount; i++) {
    const length = short + (i >= blockCount - (capacity % blockCount) ? 1 : 0);
    blocks.push(data.slice(at, (at += length)));
  }
  const woven = (parts) => Array.from({ length: Math.max(...parts.map((p) => p.length)) }, (_, i) => parts.map((p) => p[i])).flat();
  return [...woven(blocks), ...woven(blocks.map((b) => remainder(b, correction)))].filter((byte) => byte !== undefined);
}

// qrOf returns the modules of a text's symbol, true for dark; null if the text is too long.
export function qrOf(text) {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= 20; version++) {
    const fixed = frame(version);
    const room = Math.floor(fixed.flat().filter((cell) => cell === null).length / 8);
    const [correction, count] = [corrections[version - 1], blockCounts[version - 1]];
    const capacity = room - correction * count;
    if (bytes.length + (version < 10 ? 2 : 3) > capacity) continue;
    const all = codewords(bytes, version, capacity, count, correction);
    const drawn = masks.map((mask, number) => {
      const grid = fixed.map((row) => [...row]);
      putFormat(grid, number);
      const size = grid.length;
      let bit = 0;
      // Upwards and downwards in turn, two columns at a time from the right, past the timing column.
      for (let right = size - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up)
        for (let i = 0; i < size; i++)
          for (const c of [right, right - 1]) {
            const r = up ? size - 1 - i : i;
            if (fixed[r][c] !== null) continue;
            const dark = (all[bit >> 3] >> (7 - (bit & 7))) & 1;
            bit++;
            grid[r][c] = Boolean(dark) !== (mask(r, c) === 0);
          }
      return grid;
    });
    return drawn.reduce((best, grid) => (penalty(grid) < penalty(best) ? grid : best));
  }
  return null;
}

// drawQR shows a text in an SVG element; black on white in the dark too, as not all readers know the reverse.
export function drawQR(svg, text) {
  const grid = qrOf(text);
  svg.replaceChildren();
  if (!grid) return false;
  const size = grid.length + 8; // with the quiet zone
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  const path = (d, fill) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "path");
    element.setAttribute("d", d);
    element.setAttribute("fill", fill);
    svg.append(element);
  };
  path(`M0 0h${size}v${size}H0z`, "#fff");
  path(grid.flatMap((row, r) => row.map((dark, c) => (dark ? `M${c + 4} ${r + 4}h1v1h-1z` : ""))).join(""), "#000");
  return true;
}
