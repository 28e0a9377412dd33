// A picture for an ad, drawn here: a sky of two colours.
import { crc32, deflateSync } from 'node:zlib';

const [WIDTH, HEIGHT] = [640, 360];
const [ABOVE, BELOW] = [
  [103, 80, 214],
  [255, 184, 77],
];

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

/** A PNG of true colours. */
export function picture(): Blob {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2], 8);
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const color = ABOVE.map((from, place) => from + (((BELOW[place] ?? 0) - from) * y) / HEIGHT);
    return Buffer.from([0, ...Array.from({ length: WIDTH }, () => color).flat()]);
  });
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))];
  const bytes = Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
  return new Blob([new Uint8Array(bytes)], { type: 'image/png' });
}
