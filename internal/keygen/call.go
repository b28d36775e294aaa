package keygen

// Call is one operation of the API, ready for Client.Do. The functions that make
// them are one file a resource; they only say what is sent and know nothing of
// who may do it. Ids are those of the API; where it takes an alias (a license's
// key, a machine's fingerprint, a user's email), that will do, too.
type Call struct {
	Method string
	Path   string // below the account, with its query
	// Body is the JSON document to send, made of maps, slices, strings, numbers,
	// booleans and nil; none when nil.
	Body map[string]any
	// Anonymous calls are sent without a token: the API would refuse some with
	// one, and a stale one would spoil the others.
	Anonymous bool
	// Public calls are for anybody, too: without a token where there is none.
	Public bool
	// Prefer is the header of that name; none when empty.
	Prefer string
	// Question calls are answered by a document that repeats what they ask.
	Question bool
	// Empty calls may be answered by a 204, without a document.
	Empty bool
	// Left is as in Request.
	Left int64
}

// Attributes are members of a resource, as the API names them in camelCase.
type Attributes = map[string]any

// get returns a GET of a path made of segments, which it escapes.
func get(query []Parameter, segments ...string) Call {
	return Call{Method: "GET", Path: path(segments...) + Query(query)}
}

// remove returns a DELETE.
func remove(segments ...string) Call {
	return Call{Method: "DELETE", Path: path(segments...), Empty: true}
}

// action returns a POST of resource/{id}/actions/{name} with a meta object, none
// when it is empty.
func action(meta Attributes, segments ...string) Call {
	call := Call{Method: "POST", Path: path(segments...)}
	if len(meta) > 0 {
		call.Body = map[string]any{"meta": meta}
	}
	return call
}

// path joins segments, each escaped.
func path(segments ...string) string {
	var joined string
	for _, segment := range segments {
		joined += "/" + Escape(segment)
	}
	return joined
}

// document returns a JSON:API document of one resource. Relationships are ids
// by name; empty ones are left out.
func document(kind string, attributes Attributes, relationships ...relationship) map[string]any {
	data := map[string]any{"type": kind}
	if len(attributes) > 0 {
		data["attributes"] = attributes
	}
	linked := map[string]any{}
	for _, r := range relationships {
		if r.id != "" {
			linked[r.name] = map[string]any{"data": map[string]any{"type": r.kind, "id": r.id}}
		}
	}
	if len(linked) > 0 {
		data["relationships"] = linked
	}
	return map[string]any{"data": data}
}

type relationship struct{ name, kind, id string }

// except returns attributes without some of them.
func except(attributes Attributes, names ...string) Attributes {
	rest := Attributes{}
	for name, value := range attributes {
		rest[name] = value
	}
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// word returns the attribute of that name if it is a text, else "".
func word(attributes Attributes, name string) string {
	text, _ := attributes[name].(string)
	return text
}
