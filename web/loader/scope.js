export const scope = { crypto, performance, TextEncoder, TextDecoder, Object, Array, Uint8Array, Date, Error, window };
