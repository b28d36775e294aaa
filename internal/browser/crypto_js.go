package browser

import "github.com/hack-pad/safejs"

// Crypto is the browser's Web Crypto, with the account's public key.
type Crypto struct {
	// Key is a CryptoKey for Ed25519, or a promise of one.
	Key Value
}

// Digest returns the SHA-256 digest of data, nil where the browser has no Web Crypto
// (a page without HTTPS). It waits.
func (c Crypto) Digest(data []byte) []byte {
	sum, err := awaitCall(subtle().Call("digest", "SHA-256", bytesToJS(data)))
	if err != nil {
		return nil
	}
	return bytesToGo(sum)
}

// Verify returns whether signature is the Ed25519 signature of text by Key. It is
// false when Key is not valid or the browser does not know Ed25519. It waits.
func (c Crypto) Verify(signature, text []byte) bool {
	key, err := awaitCall(Window().Get("Promise").Call("resolve", c.Key))
	if err != nil {
		return false
	}
	valid, err := awaitCall(subtle().Call("verify", "Ed25519", key, bytesToJS(signature), bytesToJS(text)))
	return err == nil && valid.True()
}

// Open decrypts and authenticates data by AES-256-GCM, like Open of cipher.AEAD. It
// returns nil when the key or the data is wrong. It waits.
func (c Crypto) Open(key, nonce, sealed []byte) []byte {
	algorithm, err := Object(map[string]any{"name": "AES-GCM"})
	if err != nil {
		return nil
	}
	_ = algorithm.Set("iv", bytesToJS(nonce))
	uses, _ := Window().Get("Array").Call("of", "decrypt")
	imported, err := awaitCall(subtle().Call("importKey", "raw", bytesToJS(key), "AES-GCM", false, uses))
	if err != nil {
		return nil
	}
	opened, err := awaitCall(subtle().Call("decrypt", algorithm, imported, bytesToJS(sealed)))
	if err != nil {
		return nil
	}
	return bytesToGo(opened)
}

// Nonce returns a random number of 48 bits.
func (c Crypto) Nonce() int64 {
	var nonce int64
	random, _ := Window().Get("crypto").Call("getRandomValues", bytesToJS(make([]byte, 6)))
	for _, b := range bytesToGo(random) {
		nonce = nonce<<8 | int64(b)
	}
	return nonce
}

func subtle() Value { return Window().Get("crypto").Get("subtle") }

// awaitCall is Await for the results of a call.
func awaitCall(promise Value, err error) (Value, error) {
	if err != nil {
		return Value{}, err
	}
	return Await(promise)
}

// bytesToJS returns a Uint8Array with a copy of data.
func bytesToJS(data []byte) Value {
	array, err := Window().Get("Uint8Array").New(len(data))
	if err == nil {
		_, _ = safejs.CopyBytesToJS(array.v, data)
	}
	return array
}

// bytesToGo returns a copy of the bytes of an ArrayBuffer or Uint8Array.
func bytesToGo(buffer Value) []byte {
	array, err := Window().Get("Uint8Array").New(buffer)
	if err != nil {
		return nil
	}
	data := make([]byte, array.Len())
	_, _ = safejs.CopyBytesToGo(data, array.v)
	return data
}
