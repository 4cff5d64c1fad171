/** WAV files: a header of 44 bytes, then the samples as they are. */

const HEADER = 44; // bytes
const SAMPLE = 2; // bytes of one 16-bit sample
const PCM = 1; // the format code of uncompressed samples

/**
 * Write mono 16-bit samples as a WAV file.
 * @param {Int16Array[]} blocks
 * @param {number} sampleRate in Hz
 * @returns {Blob}
 */
export function wavOf(blocks, sampleRate) {
  const bytes = blocks.reduce((sum, block) => sum + block.length, 0) * SAMPLE;
  const header = new DataView(new ArrayBuffer(HEADER));
  const words = (offset, text) => {
    for (let index = 0; index < text.length; index += 1) header.setUint8(offset + index, text.charCodeAt(index));
  };
  words(0, "RIFF");
  header.setUint32(4, HEADER - 8 + bytes, true);
  words(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // bytes in the description that follows
  header.setUint16(20, PCM, true);
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, sampleRate * SAMPLE, true); // bytes in a second
  header.setUint16(32, SAMPLE, true); // bytes of all channels at one instant
  header.setUint16(34, SAMPLE * 8, true); // bits
  words(36, "data");
  header.setUint32(40, bytes, true);
  return new Blob([header.buffer, ...blocks], { type: "audio/wav" });
}
