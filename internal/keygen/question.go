package keygen

import "maps"

// A signature covers the path of a request, but neither its body nor its token.
// Who changes a question on its way gets a signed answer to another one: what
// the API repeats of a question is compared with what was asked.

// withNonce returns the body of a question with a nonce, its own if it has one.
func (c *Client) withNonce(body map[string]any) map[string]any {
	meta := Attributes{"nonce": float64(c.Verifier.Nonce())}
	asked, _ := body["meta"].(Attributes)
	maps.Copy(meta, asked)
	return map[string]any{"meta": meta}
}

// answers says whether a document answers the question in a body: it repeats
// the nonce and the scope, and is about the key that was asked for, if about any
// (https://keygen.sh/docs/api/licenses/#licenses-actions-validate-key).
func answers(body map[string]any, document Node) bool {
	asked, _ := body["meta"].(Attributes)
	meta := document.Get("meta")
	scope, _ := asked["scope"].(Attributes)
	for name, value := range scope {
		if !repeats(meta.Get("scope").Get(name), value) {
			return false
		}
	}
	key, hasKey := asked["key"].(string)
	encrypted := asked["encrypted"] == true || asked["legacyEncrypted"] == true // then the license holds another text
	if hasKey && !encrypted && !document.Get("data").IsNull() && text(document, "data", "attributes", "key") != key {
		return false
	}
	return repeats(meta.Get("nonce"), asked["nonce"])
}

// repeats says whether a node is a value: a string, a number, null or a list.
func repeats(node Node, value any) bool {
	switch value := value.(type) {
	case nil:
		return node.IsNull()
	case string:
		found, ok := node.Text()
		return ok && found == value
	case float64:
		found, ok := node.Number()
		return ok && found == value
	case []any:
		for i, item := range value {
			if !repeats(node.At(i), item) {
				return false
			}
		}
		return node.Len() == len(value)
	}
	return false
}
