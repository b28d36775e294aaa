package browser

import "github.com/hack-pad/safejs"

// Crypto is the browser's cryptography, with somebody's public key.
type Crypto struct {
	// Key is a CryptoKey for Ed25519, or a promise of one.
	Key Value
}

// Digest returns the SHA-256 sum of data; nil where the browser cannot say, as
// in pages that are not secure. It waits.
func (c Crypto) Digest(data []byte) []byte {
	sum, err := settled(subtle().Call("digest", "SHA-256", toJS(data)))
	if err != nil {
		return nil
	}
	return toGo(sum)
}

// Verify says whether signature is that of text by the key's owner. It waits.
func (c Crypto) Verify(signature, text []byte) bool {
	key, err := settled(Window().Get("Promise").Call("resolve", c.Key))
	if err != nil {
		return false
	}
	valid, err := settled(subtle().Call("verify", "Ed25519", key, toJS(signature), toJS(text)))
	return err == nil && valid.True()
}

// Open returns what AES-256-GCM has sealed, nil where the key does not open it. It
// waits.
func (c Crypto) Open(key, nonce, sealed []byte) []byte {
	algorithm, err := Object(map[string]any{"name": "AES-GCM"})
	if err != nil {
		return nil
	}
	_ = algorithm.Set("iv", toJS(nonce))
	uses, _ := Window().Get("Array").Call("of", "decrypt")
	imported, err := settled(subtle().Call("importKey", "raw", toJS(key), "AES-GCM", false, uses))
	if err != nil {
		return nil
	}
	opened, err := settled(subtle().Call("decrypt", algorithm, imported, toJS(sealed)))
	if err != nil {
		return nil
	}
	return toGo(opened)
}

// Nonce returns a number that was hardly ever used before: one of 2^48.
func (c Crypto) Nonce() int64 {
	var nonce int64
	random, _ := Window().Get("crypto").Call("getRandomValues", toJS(make([]byte, 6)))
	for _, b := range toGo(random) {
		nonce = nonce<<8 | int64(b)
	}
	return nonce
}

func subtle() Value { return Window().Get("crypto").Get("subtle") }

// settled is Await for what a call returned.
func settled(promise Value, err error) (Value, error) {
	if err != nil {
		return Value{}, err
	}
	return Await(promise)
}

// toJS returns a Uint8Array with a copy of data.
func toJS(data []byte) Value {
	array, err := Window().Get("Uint8Array").New(len(data))
	if err == nil {
		_, _ = safejs.CopyBytesToJS(array.v, data)
	}
	return array
}

// toGo returns a copy of what an ArrayBuffer or a Uint8Array holds.
func toGo(buffer Value) []byte {
	array, err := Window().Get("Uint8Array").New(buffer)
	if err != nil {
		return nil
	}
	data := make([]byte, array.Len())
	_, _ = safejs.CopyBytesToGo(data, array.v)
	return data
}
